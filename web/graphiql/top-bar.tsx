// The title on the left; the signed-in user, the scopes of the token, sign-in and sign-out on the right.
import type { Session, SessionState } from '../session/session';
import type { Viewer } from './graph';

const MENU = 'account-menu';

interface Props {
  readonly state: SessionState;
  readonly viewer: Viewer | undefined;
  readonly issuer: string;
  readonly session: Session;
}

export function TopBar({ state, viewer, issuer, session }: Props) {
  return (
    <header className="top-bar">
      <Logo />
      <h1>
        psgw <span>GraphQL explorer</span>
      </h1>
      {state.status === 'signed-in' ? (
        <Account scopes={viewer?.scopes ?? state.granted} viewer={viewer} issuer={issuer} session={session} />
      ) : (
        <button type="button" className="primary" onClick={() => void session.signIn()}>
          Sign in
        </button>
      )}
    </header>
  );
}

interface AccountProps {
  readonly scopes: readonly string[];
  readonly viewer: Viewer | undefined;
  readonly issuer: string;
  readonly session: Session;
}

function Account({ scopes, viewer, issuer, session }: AccountProps) {
  return (
    <>
      <button type="button" className="account" popoverTarget={MENU}>
        <span className="user">{viewer?.name ?? 'Signed in'}</span>{' '}
        <span className="count">
          {scopes.length} {scopes.length === 1 ? 'scope' : 'scopes'}
        </span>
      </button>
      <div id={MENU} className="menu" popover="auto">
        <p>
          {viewer && viewer.roles.length > 0 && <>{viewer.roles.join(', ')} · </>}
          <span className="issuer">{issuer}</span>
        </p>
        <ul aria-label="Granted scopes">
          {scopes.map((scope) => (
            <li key={scope}>
              <code>{scope}</code>
            </li>
          ))}
        </ul>
        <div className="sign-out">
          <button type="button" onClick={() => session.signOut(false)}>
            Sign out
          </button>
          <button type="button" onClick={() => session.signOut(true)}>
            Sign out and delete the tabs
          </button>
        </div>
      </div>
    </>
  );
}

function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 16 6 7M16 16 26 7M16 16 6 25M16 16l10 9" fill="none" stroke="currentColor" strokeWidth="2" />
      <circle cx="16" cy="16" r="5" />
      <circle cx="6" cy="7" r="3" />
      <circle cx="26" cy="7" r="3" />
      <circle cx="6" cy="25" r="3" />
      <circle cx="26" cy="25" r="3" />
    </svg>
  );
}
