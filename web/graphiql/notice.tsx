// One line under the bar, when there is something to say: sign in, sign in again, or why it did not work.
import type { ReactNode } from 'react';

import type { Session, Snapshot } from '../session/session';

interface Props {
  readonly snapshot: Snapshot;
  /** Scopes that the last answer lacked. */
  readonly missing: readonly string[];
  readonly session: Session;
}

export function Notice({ snapshot, missing, session }: Props) {
  const { status, problem, refused, refusedFurther } = snapshot;
  const enter = (words: string, further: readonly string[] = []) => (
    <button type="button" className="primary" onClick={() => void session.signIn(further)}>
      {words}
    </button>
  );
  if (problem !== undefined) return <Line tone="bad">{problem} {enter('Try again')}</Line>;
  if (status === 'expired') return <Line tone="warn">The session has ended. {enter('Sign in again')}</Line>;
  if (status === 'signed-out') {
    return <Line tone="info">Every answer is for somebody: sign in to run operations and to read the documentation.</Line>;
  }
  const open = missing.filter((scope) => !refused.includes(scope));
  const shut = missing.length > 0 ? missing.filter((scope) => refused.includes(scope)) : refusedFurther;
  if (open.length === 0 && shut.length === 0) return null;
  return (
    <Line tone={open.length > 0 ? 'warn' : 'bad'}>
      {shut.length > 0 && (
        <>
          Your role does not hold <Scopes names={shut} />: the identity provider did not grant it, and what needs it stays null.{' '}
        </>
      )}
      {open.length > 0 && (
        <>
          Parts of the answer need <Scopes names={open} />. {enter(open.length === 1 ? 'Sign in with it' : 'Sign in with them', open)}
        </>
      )}
    </Line>
  );
}

function Line({ tone, children }: { readonly tone: 'info' | 'warn' | 'bad'; readonly children: ReactNode }) {
  return (
    <p className={`notice ${tone}`} role="status">
      {children}
    </p>
  );
}

function Scopes({ names }: { readonly names: readonly string[] }) {
  return names.map((name, index) => (
    <span key={name}>
      {index > 0 && ', '}
      <code>{name}</code>
    </span>
  ));
}
