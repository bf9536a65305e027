import 'graphiql/setup-workers/vite'; // first: the editor's workers have to be known before the editor is
import 'graphiql/style.css';
import './page.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { readBoot } from '../session/boot';
import { Session } from '../session/session';
import { Page } from './page';

const boot = readBoot();
const session = await Session.open(boot);
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the application.');
createRoot(root).render(
  <StrictMode>
    <Page boot={boot} session={session} />
  </StrictMode>,
);
