// The example operations: the tabs of the first visit, and a panel to open them again.
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';

const FILES = import.meta.glob<string>('../examples/*.graphql', { query: '?raw', import: 'default', eager: true });

/** Width at which the panel covers the editors (page.css). */
const NARROW = '(max-width: 46rem)';

export interface Example {
  readonly title: string;
  readonly summary: string;
  readonly query: string;
}

export const EXAMPLES: readonly Example[] = Object.entries(FILES)
  .toSorted(([left], [right]) => left.localeCompare(right))
  .map(([, query]) => ({ title: buildTitle(query), summary: extractSummary(query), query }));

/** `query UnifiedProject` is shown as "Unified project". */
function buildTitle(query: string): string {
  const name = /^(?:query|mutation|subscription) (\w+)/m.exec(query)?.[1] ?? 'Example';
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The first sentence of the comment above the operation. */
function extractSummary(query: string): string {
  const comment = query.split('\n').filter((line) => line.startsWith('# ')).map((line) => line.slice(2)).join(' ');
  return /^.*?[.;](?= |$)/.exec(comment)?.[0].replace(/;$/, '.') ?? '';
}

function Panel() {
  const { addTab, changeTab, setVisiblePlugin } = useGraphiQLActions();
  const tabs = useGraphiQL((state) => state.tabs);
  const editor = useGraphiQL((state) => state.queryEditor);
  const open = (example: Example) => {
    if (matchMedia(NARROW).matches) setVisiblePlugin(null);
    const index = tabs.findIndex((tab) => tab.query === example.query);
    if (index >= 0) return changeTab(index);
    addTab();
    editor?.setValue(example.query);
  };
  return (
    <section className="examples" aria-label="Examples">
      <h2 className="graphiql-doc-explorer-title">Examples</h2>
      <ul>
        {EXAMPLES.map((example) => (
          <li key={example.title}>
            <button type="button" onClick={() => open(example)}>
              <strong>{example.title}</strong>
              <span>{example.summary}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round">
      <path d="M4 5.5A1.5 1.5 0 0 1 5.5 4H12v16H5.5A1.5 1.5 0 0 1 4 18.5z" />
      <path d="M12 4h6.5A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5H12zM7 8h2.5M7 11h2.5M14.5 8H17M14.5 11H17" />
    </svg>
  );
}

export const EXAMPLES_PLUGIN = { title: 'Examples', icon: Icon, content: Panel };
