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
  const { status, problem, refused } = snapshot;
  const enter = (words: string, further: readonly string[] = []) => (
    <button type="button" className="primary" onClick={() => void session.signIn(further)}>
      {words}
    </button>
  );
  if (problem !== undefined) return <Line tone="bad">{problem} {enter('Try again')}</Line>;
  if (status === 'expired') return <Line tone="warn">The session has ended. {enter('Sign in again')}</Line>;
  if (status === 'signed-out') return <Line tone="info">Every answer of the graph is for somebody: sign in to run operations and to read the documentation.</Line>;
  const open = missing.filter((scope) => !refused.includes(scope));
  if (open.length > 0) {
    return (
      <Line tone="warn">
        Parts of the answer need <Scopes names={open} />. {enter('Sign in with them', open)}
      </Line>
    );
  }
  if (refused.length > 0) {
    return (
      <Line tone="bad">
        Your role does not hold <Scopes names={refused} />: the identity provider did not grant it. What needs it stays null.
      </Line>
    );
  }
  return null;
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
