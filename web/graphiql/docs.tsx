// The documentation of the graph. Who is nobody may not introspect: to them it says so, instead of that there is no schema.
import { DOC_EXPLORER_PLUGIN, DocExplorer, DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { createContext, useContext } from 'react';

export const SignedIn = createContext(false);

function Docs() {
  if (!useContext(SignedIn)) return <p className="closed-docs">Sign in to read the documentation.</p>;
  return (
    <DocExplorerStore>
      <DocExplorer />
    </DocExplorerStore>
  );
}

export const DOCS_PLUGIN = { ...DOC_EXPLORER_PLUGIN, content: Docs };
