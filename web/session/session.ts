// The signed-in session. The token is kept in memory only: a reload discards it, and it is never stored.
import * as oauth from 'oauth4webapi';

import type { PageConfig } from './page-config';
import { type Grant, IdentityProvider, parseScopes, type PendingSignIn } from './provider';

export interface SessionState {
  readonly status: 'signed-out' | 'signed-in' | 'expired';
  readonly granted: readonly string[];
  /** Scopes that the sign-in requested and the provider did not grant. */
  readonly refused: readonly string[];
  /** Those of them that were requested because a response had lacked them. */
  readonly refusedFurther: readonly string[];
  /** Why the last sign-in failed, as a message for the user. */
  readonly problem: string | undefined;
}

const STORAGE_KEY = 'psgw:sign-in';
const MAX_TIMER = 2 ** 31 - 1; // milliseconds; browsers fire longer timers at once
const SIGNED_OUT: SessionState = {
  status: 'signed-out',
  granted: [],
  refused: [],
  refusedFurther: [],
  problem: undefined,
};

export class Session {
  readonly #config: PageConfig;
  readonly #provider: IdentityProvider;
  readonly #listeners = new Set<() => void>();
  #state = SIGNED_OUT;
  #requested: readonly string[];
  #token: string | undefined;
  #accepted = false;
  #reauthenticate: boolean;

  private constructor(config: PageConfig) {
    this.#config = config;
    this.#provider = new IdentityProvider(config);
    this.#requested = config.scopes;
    this.#reauthenticate = new URLSearchParams(location.search).has('signed-out');
  }

  /** Open the session of this page; complete a sign-in if the provider has just redirected back. */
  static async open(config: PageConfig): Promise<Session> {
    const session = new Session(config);
    await session.#completeSignIn();
    return session;
  }

  readonly getState = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get token(): string | undefined {
    return this.#token;
  }

  /** Redirect to the provider, with `further` scopes in addition to those requested before. */
  readonly signIn = async (further: readonly string[] = []): Promise<void> => {
    const scopes = [...new Set([...this.#requested, ...further])];
    try {
      const { url, pending } = await this.#provider.buildAuthorizationRequest(scopes, this.#reauthenticate);
      sessionStorage.setItem(STORAGE_KEY, JSON.stringify(pending));
      location.assign(url);
    } catch (error) {
      this.#setState({ ...this.#state, problem: describeError(error, this.#config.issuer) });
    }
  };

  /** Discard the token, and with `deleteTabs` the stored tabs; the next sign-in asks for a login. */
  readonly signOut = (deleteTabs: boolean): void => {
    this.#token = undefined;
    if (deleteTabs) {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith('graphiql:'));
      window.addEventListener('pagehide', () => keys.forEach((key) => localStorage.removeItem(key)));
    }
    location.replace(`${location.pathname}?signed-out`);
  };

  /** Record that the graph accepted the token. */
  readonly acceptToken = (): void => {
    this.#accepted = true;
  };

  /** Record that the graph rejected the token: the session expired, or if it was never accepted, is unusable. */
  readonly rejectToken = (): void => {
    if (this.#token === undefined) return;
    if (this.#accepted) return this.#expire();
    this.#token = undefined;
    const problem = `The graph rejected the token of ${this.#config.issuer}; "psgw token inspect" shows why.`;
    this.#setState({ ...SIGNED_OUT, problem });
  };

  async #completeSignIn(): Promise<void> {
    const response = new URLSearchParams(location.search);
    const stored = sessionStorage.getItem(STORAGE_KEY);
    sessionStorage.removeItem(STORAGE_KEY);
    if (location.search) history.replaceState(null, '', location.pathname); // remove the one-time code from the URL
    if (!response.has('state')) return;
    try {
      if (stored === null) throw new Error('This page did not start that sign-in. Sign in again.');
      const pending = JSON.parse(stored) as PendingSignIn;
      this.#startSession(await this.#provider.redeem(response, pending), parseScopes(pending));
    } catch (error) {
      this.#setState({ ...SIGNED_OUT, problem: describeError(error, this.#config.issuer) });
    }
  }

  #startSession(grant: Grant, requested: readonly string[]): void {
    const refused = requested.filter((scope) => !grant.scopes.includes(scope));
    const refusedFurther = refused.filter((scope) => !this.#config.scopes.includes(scope));
    this.#token = grant.token;
    this.#requested = requested.filter((scope) => !refusedFurther.includes(scope));
    this.#setState({ status: 'signed-in', granted: grant.scopes, refused, refusedFurther, problem: undefined });
    if (grant.expiresAt !== undefined) {
      setTimeout(this.#expire, Math.min(grant.expiresAt - Date.now(), MAX_TIMER));
    }
  }

  readonly #expire = (): void => {
    this.#token = undefined;
    this.#setState({ ...this.#state, status: 'expired' });
  };

  #setState(state: SessionState): void {
    this.#state = state;
    this.#listeners.forEach((listener) => listener());
  }
}

function describeError(error: unknown, issuer: string): string {
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    return `${issuer} refused the sign-in: ${error.error_description ?? error.error}`;
  }
  if (error instanceof oauth.OperationProcessingError && error.cause instanceof Response) {
    return `${issuer} returned an unexpected response: HTTP ${error.cause.status}.`;
  }
  if (error instanceof TypeError) return `${issuer} cannot be reached.`;
  return error instanceof Error ? error.message : String(error);
}
