// One line under the bar, when there is something to say: sign in, sign in again, or why it did not work.
import type { ReactNode } from 'react';

import type { Session, Snapshot } from '../session/session';

interface Props {
  readonly snapshot: Snapshot;
  /** Scopes that the last answer lacked. */
  readonly missing: readonly string[];
  readonly session: Session;
}

/** Its place is always there: a screen reader tells only of changes in what it knows. */
export function Notice(props: Props) {
  return (
    <div className="notice" role="status">
      <Line {...props} />
    </div>
  );
}

function Line({ snapshot, missing, session }: Props) {
  const { status, problem, refused, refusedFurther } = snapshot;
  const enter = (words: string, further: readonly string[] = []) => (
    <button type="button" className="primary" onClick={() => void session.signIn(further)}>
      {words}
    </button>
  );
  if (problem !== undefined) return <Words tone="bad">{problem} {enter('Try again')}</Words>;
  if (status === 'expired') return <Words tone="warn">The session has ended. {enter('Sign in again')}</Words>;
  if (status === 'signed-out') {
    return <Words tone="info">Every answer is for somebody: sign in to run operations and to read the documentation.</Words>;
  }
  const open = missing.filter((scope) => !refused.includes(scope));
  const shut = missing.length > 0 ? missing.filter((scope) => refused.includes(scope)) : refusedFurther;
  if (open.length === 0 && shut.length === 0) return null;
  return (
    <Words tone={open.length > 0 ? 'warn' : 'bad'}>
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
    </Words>
  );
}

function Words({ tone, children }: { readonly tone: 'info' | 'warn' | 'bad'; readonly children: ReactNode }) {
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
