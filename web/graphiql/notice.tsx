// A line below the top bar: sign in, sign in again, or why the sign-in failed.
import type { ReactNode } from 'react';

import type { Session, SessionState } from '../session/session';

interface Props {
  readonly state: SessionState;
  /** Scopes that the last response lacked. */
  readonly missing: readonly string[];
  readonly session: Session;
}

/** The element is always present: screen readers announce only changes of an existing live region. */
export function Notice(props: Props) {
  return (
    <div className="notice" role="status">
      <NoticeLine {...props} />
    </div>
  );
}

function NoticeLine({ state, missing, session }: Props) {
  const { status, problem, refused, refusedFurther } = state;
  const renderSignIn = (label: string, further: readonly string[] = []) => (
    <button type="button" className="primary" onClick={() => void session.signIn(further)}>
      {label}
    </button>
  );
  if (problem !== undefined) return <Message tone="bad">{problem} {renderSignIn('Try again')}</Message>;
  if (status === 'expired') {
    return <Message tone="warn">Your session has expired. {renderSignIn('Sign in again')}</Message>;
  }
  if (status === 'signed-out') {
    return <Message tone="info">Sign in to run operations and to read the documentation.</Message>;
  }
  const available = missing.filter((scope) => !refused.includes(scope));
  const denied = missing.length > 0 ? missing.filter((scope) => refused.includes(scope)) : refusedFurther;
  if (available.length === 0 && denied.length === 0) return null;
  return (
    <Message tone={available.length > 0 ? 'warn' : 'bad'}>
      {denied.length > 0 && (
        <>
          The identity provider did not grant <Scopes names={denied} /> to your role; fields that need it are null.{' '}
        </>
      )}
      {available.length > 0 && (
        <>
          Some fields of this response need <Scopes names={available} />.{' '}
          {renderSignIn(available.length === 1 ? 'Sign in with this scope' : 'Sign in with these scopes', available)}
        </>
      )}
    </Message>
  );
}

function Message({ tone, children }: { readonly tone: 'info' | 'warn' | 'bad'; readonly children: ReactNode }) {
  return <p className={tone}>{children}</p>;
}

function Scopes({ names }: { readonly names: readonly string[] }) {
  return names.map((name, index) => (
    <span key={name}>
      {index > 0 && ', '}
      <code>{name}</code>
    </span>
  ));
}
