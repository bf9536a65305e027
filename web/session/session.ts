// Who is signed in. The token lives in this object alone: a reload forgets it, no storage ever sees it.
import * as oauth from 'oauth4webapi';

import type { Boot } from './boot';
import { askedFor, type Grant, type Pending, Provider } from './provider';

export interface Snapshot {
  readonly status: 'signed-out' | 'signed-in' | 'expired';
  readonly granted: readonly string[];
  /** What the sign-in asked for and the provider did not grant. */
  readonly refused: readonly string[];
  /** What of it was asked for only because an answer had lacked it. */
  readonly refusedFurther: readonly string[];
  /** Why the last sign-in failed, in words for the reader. */
  readonly problem: string | undefined;
}

const PENDING = 'psgw:sign-in';
const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds; browsers take anything longer for none at all
const SIGNED_OUT: Snapshot = { status: 'signed-out', granted: [], refused: [], refusedFurther: [], problem: undefined };

export class Session {
  readonly #boot: Boot;
  readonly #provider: Provider;
  readonly #listeners = new Set<() => void>();
  #snapshot = SIGNED_OUT;
  #asked: readonly string[];
  #token: string | undefined;
  #accepted = false;
  #askWho: boolean;

  private constructor(boot: Boot) {
    this.#boot = boot;
    this.#provider = new Provider(boot);
    this.#asked = boot.scopes;
    this.#askWho = new URLSearchParams(location.search).has('signed-out');
  }

  /** Open the session of this page; when the provider has just sent the browser back, its answer is redeemed first. */
  static async open(boot: Boot): Promise<Session> {
    const session = new Session(boot);
    await session.#comeBack();
    return session;
  }

  readonly snapshot = (): Snapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get token(): string | undefined {
    return this.#token;
  }

  /** Leave for the provider; asks for `further` scopes beside those that were asked for before. */
  readonly signIn = async (further: readonly string[] = []): Promise<void> => {
    const scopes = [...new Set([...this.#asked, ...further])];
    try {
      const { address, pending } = await this.#provider.request(scopes, this.#askWho);
      sessionStorage.setItem(PENDING, JSON.stringify(pending));
      location.assign(address);
    } catch (error) {
      this.#tell({ ...this.#snapshot, problem: inWords(error, this.#boot.issuer) });
    }
  };

  /** Forget the token, and with `forgetTabs` what was typed on this page; the next sign-in asks who it is. */
  readonly signOut = (forgetTabs: boolean): void => {
    this.#token = undefined;
    if (forgetTabs) {
      const ours = Object.keys(localStorage).filter((key) => key.startsWith('graphiql:'));
      window.addEventListener('pagehide', () => ours.forEach((key) => localStorage.removeItem(key)));
    }
    location.replace(`${location.pathname}?signed-out`);
  };

  /** The graph has taken the token. */
  readonly accept = (): void => {
    this.#accepted = true;
  };

  /** The graph no longer takes the token; where it never has, another sign-in would bring no better one. */
  readonly refuse = (): void => {
    if (this.#token === undefined) return;
    if (this.#accepted) return this.#expire();
    this.#token = undefined;
    const problem = `The graph does not accept the token that ${this.#boot.issuer} gave; "psgw token inspect" says why.`;
    this.#tell({ ...SIGNED_OUT, problem });
  };

  async #comeBack(): Promise<void> {
    const answer = new URLSearchParams(location.search);
    const kept = sessionStorage.getItem(PENDING);
    sessionStorage.removeItem(PENDING);
    if (location.search) history.replaceState(null, '', location.pathname); // the code is good once and for nobody else
    if (!answer.has('state')) return;
    try {
      if (kept === null) throw new Error('This page has not asked for that sign-in; start it here.');
      const pending = JSON.parse(kept) as Pending;
      this.#enter(await this.#provider.redeem(answer, pending), askedFor(pending));
    } catch (error) {
      this.#tell({ ...SIGNED_OUT, problem: inWords(error, this.#boot.issuer) });
    }
  }

  #enter(grant: Grant, asked: readonly string[]): void {
    const refused = asked.filter((scope) => !grant.scopes.includes(scope));
    const refusedFurther = refused.filter((scope) => !this.#boot.scopes.includes(scope));
    this.#token = grant.token;
    this.#asked = asked.filter((scope) => !refusedFurther.includes(scope));
    this.#tell({ status: 'signed-in', granted: grant.scopes, refused, refusedFurther, problem: undefined });
    if (grant.expiresAt !== undefined) {
      setTimeout(this.#expire, Math.min(grant.expiresAt - Date.now(), LONGEST_TIMER));
    }
  }

  readonly #expire = (): void => {
    this.#token = undefined;
    this.#tell({ ...this.#snapshot, status: 'expired' });
  };

  #tell(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#listeners.forEach((listener) => listener());
  }
}

function inWords(error: unknown, issuer: string): string {
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    return `${issuer} refused: ${error.error_description ?? error.error}`;
  }
  if (error instanceof oauth.OperationProcessingError && error.cause instanceof Response) {
    return `${issuer} does not answer as an identity provider should: HTTP ${error.cause.status}.`;
  }
  if (error instanceof TypeError) return `${issuer} cannot be reached.`;
  return error instanceof Error ? error.message : String(error);
}
