// The documentation panel. To users who may not introspect it says why, instead of reporting a missing schema.
import { DOC_EXPLORER_PLUGIN, DocExplorer, DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { createContext, useContext } from 'react';

/** Why the documentation is not available; undefined if it is. */
export const DocsUnavailable = createContext<string | undefined>(undefined);

function Docs() {
  const reason = useContext(DocsUnavailable);
  if (reason !== undefined) return <p className="docs-unavailable">{reason}</p>;
  return (
    <DocExplorerStore>
      <DocExplorer />
    </DocExplorerStore>
  );
}

export const DOCS_PLUGIN = { ...DOC_EXPLORER_PLUGIN, content: Docs };
