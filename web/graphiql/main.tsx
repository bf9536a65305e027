import 'graphiql/setup-workers/vite'; // first: the editor needs its workers when it is imported
import 'graphiql/style.css';
import './page.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { readPageConfig } from '../session/page-config';
import { Session } from '../session/session';
import { Page } from './page';

const config = readPageConfig();
const session = await Session.open(config);
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root element.');
createRoot(root).render(
  <StrictMode>
    <Page config={config} session={session} />
  </StrictMode>,
);
