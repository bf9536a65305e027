// GraphiQL under a bar that says who is asking and what they may ask.
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';

import type { Boot } from '../session/boot';
import type { Session } from '../session/session';
import { ClosedDocs, DOCS_PLUGIN } from './docs';
import { EXAMPLES, EXAMPLES_PLUGIN } from './examples';
import { Graph, type Viewer } from './graph';
import { Notice } from './notice';
import { TopBar } from './top-bar';

const TABS = EXAMPLES.map(({ query }) => ({ query }));
const PLUGINS = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];

interface Props {
  readonly boot: Boot;
  readonly session: Session;
}

export function Page({ boot, session }: Props) {
  const snapshot = useSyncExternalStore(session.subscribe, session.snapshot);
  const [missing, setMissing] = useState<readonly string[]>([]);
  const [viewer, setViewer] = useState<Viewer>();
  const graph = useMemo(() => new Graph(boot, session, setMissing), [boot, session]);
  const signedIn = snapshot.status === 'signed-in';
  const closed = whyClosed(signedIn, snapshot.granted, boot.exploreScope);

  useEffect(() => {
    if (signedIn) void graph.viewer().then(setViewer, () => undefined);
  }, [graph, signedIn]);

  return (
    <div className="page">
      <TopBar snapshot={snapshot} viewer={viewer} issuer={boot.issuer} session={session} />
      <Notice snapshot={snapshot} missing={missing} session={session} />
      <main>
        <ClosedDocs value={closed}>
          <GraphiQL
            fetcher={graph.fetcher}
            {...(closed === undefined ? {} : { schema: null })}
            referencePlugin={DOCS_PLUGIN}
            defaultTabs={TABS}
            plugins={PLUGINS}
            isHeadersEditorEnabled={false}
            shouldPersistHeaders={false}
            showPersistHeadersSettings={false}
          >
            <GraphiQL.Logo>{null}</GraphiQL.Logo>
          </GraphiQL>
        </ClosedDocs>
      </main>
    </div>
  );
}

/** Why this person may not introspect; undefined for who may. */
function whyClosed(signedIn: boolean, granted: readonly string[], needed: string | null): string | undefined {
  if (!signedIn) return 'Sign in to read the documentation.';
  if (needed === null || granted.includes(needed)) return undefined;
  return `The documentation is for those who hold ${needed}; "psgw schema print" prints the contract.`;
}
