// GraphiQL below a bar that shows the signed-in user and the granted scopes.
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';

import type { PageConfig } from '../session/page-config';
import type { Session } from '../session/session';
import { DOCS_PLUGIN, DocsUnavailable } from './docs';
import { EXAMPLES, EXAMPLES_PLUGIN } from './examples';
import { GraphClient, type Viewer } from './graph';
import { Notice } from './notice';
import { TopBar } from './top-bar';

const TABS = EXAMPLES.map(({ query }) => ({ query }));
const PLUGINS = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];

interface Props {
  readonly config: PageConfig;
  readonly session: Session;
}

export function Page({ config, session }: Props) {
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const [missing, setMissing] = useState<readonly string[]>([]);
  const [viewer, setViewer] = useState<Viewer>();
  const graph = useMemo(() => new GraphClient(config, session, setMissing), [config, session]);
  const signedIn = state.status === 'signed-in';
  const docsUnavailable = explainUnavailableDocs(signedIn, state.granted, config.exploreScope);

  useEffect(() => {
    if (signedIn) void graph.fetchViewer().then(setViewer, () => undefined);
  }, [graph, signedIn]);

  return (
    <div className="page">
      <TopBar state={state} viewer={viewer} issuer={config.issuer} session={session} />
      <Notice state={state} missing={missing} session={session} />
      <main>
        <DocsUnavailable value={docsUnavailable}>
          <GraphiQL
            fetcher={graph.fetcher}
            {...(docsUnavailable === undefined ? {} : { schema: null })}
            referencePlugin={DOCS_PLUGIN}
            defaultTabs={TABS}
            plugins={PLUGINS}
            isHeadersEditorEnabled={false}
            shouldPersistHeaders={false}
            showPersistHeadersSettings={false}
          >
            <GraphiQL.Logo>{null}</GraphiQL.Logo>
          </GraphiQL>
        </DocsUnavailable>
      </main>
    </div>
  );
}

/** Return why this user may not introspect; undefined if they may. */
function explainUnavailableDocs(
  signedIn: boolean,
  granted: readonly string[],
  needed: string | null,
): string | undefined {
  if (!signedIn) return 'Sign in to read the documentation.';
  if (needed === null || granted.includes(needed)) return undefined;
  return `The documentation needs the scope ${needed}. "psgw schema print" prints the schema.`;
}
