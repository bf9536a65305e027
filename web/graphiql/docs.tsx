// The documentation of the graph. To those who may not introspect it says so, instead of that there is no schema.
import { DOC_EXPLORER_PLUGIN, DocExplorer, DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { createContext, useContext } from 'react';

/** Why there is none; undefined where there is. */
export const ClosedDocs = createContext<string | undefined>(undefined);

function Docs() {
  const closed = useContext(ClosedDocs);
  if (closed !== undefined) return <p className="closed-docs">{closed}</p>;
  return (
    <DocExplorerStore>
      <DocExplorer />
    </DocExplorerStore>
  );
}

export const DOCS_PLUGIN = { ...DOC_EXPLORER_PLUGIN, content: Docs };
