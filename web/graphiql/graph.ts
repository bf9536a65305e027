// Sends operations as the signed-in user: queries by POST, subscriptions over WebSocket (graphql-transport-ws).
import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { createClient } from 'graphql-ws';

import type { PageConfig } from '../session/page-config';
import { type GraphError, findMissingScopes } from '../session/scopes';
import type { Session } from '../session/session';
import { type NamedOperation, selectOperation } from './operation';

export interface Viewer {
  readonly name: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/** Close codes for a rejected token (graphql-transport-ws: Unauthorized, Forbidden). */
const TOKEN_REJECTED = [4401, 4403];

const VIEWER_QUERY = '{ viewer { actor { displayName } roles scopes } }';

export class GraphClient {
  readonly #url: URL;
  readonly #session: Session;
  readonly #sockets;
  readonly #reportMissing: (errors: readonly GraphError[]) => void;

  /** Calls `onMissing` for every response with the scopes that it lacked, if any. */
  constructor(config: PageConfig, session: Session, onMissing: (scopes: readonly string[]) => void) {
    this.#url = new URL(config.endpoint, location.origin);
    this.#session = session;
    this.#reportMissing = (errors) => onMissing(findMissingScopes(errors, session.getState().granted));
    this.#sockets = createClient({
      url: this.#url.href.replace(/^http/, 'ws'),
      connectionParams: () => ({ authorization: `Bearer ${session.token ?? ''}` }),
      retryAttempts: 3,
      shouldRetry: (fault) => fault instanceof CloseEvent && !TOKEN_REJECTED.includes(fault.code),
    });
  }

  /** Never throws: failures of the transport become errors of the response. */
  readonly fetcher: Fetcher = (params) => {
    if (this.#session.token === undefined) {
      return buildError('You are not signed in. Choose "Sign in" above and run the operation again.');
    }
    const { operation, isSubscription } = selectOperation(params);
    return isSubscription ? this.#subscribe(operation) : this.#execute(operation);
  };

  /** Fetch the user of the token; undefined if the response has none. */
  async fetchViewer(): Promise<Viewer | undefined> {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await this.#post(headers, { query: VIEWER_QUERY });
    if (!response.ok) return undefined;
    const { data } = (await response.json()) as { data?: { viewer?: { actor: { displayName: string } } & Viewer } };
    return data?.viewer && { ...data.viewer, name: data.viewer.actor.displayName };
  }

  async #execute(params: FetcherParams): Promise<ExecutionResult> {
    const accept = 'application/graphql-response+json, application/json;q=0.9';
    const response = await this.#post({ 'content-type': 'application/json', accept }, params).catch(() => undefined);
    if (response === undefined) return buildError(`The graph cannot be reached at ${this.#url.href}.`);
    const answer = (await response.json().catch(() => undefined)) as ExecutionResult | undefined;
    if (answer === undefined) {
      return buildError(`The response from ${this.#url.href} is not JSON (HTTP ${response.status}).`);
    }
    if ('data' in answer || 'errors' in answer) this.#reportMissing(answer.errors ?? []);
    return answer;
  }

  #subscribe(operation: NamedOperation): AsyncIterableIterator<ExecutionResult> {
    const events = this.#sockets.iterate(operation);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: async () => {
        try {
          const { value, done } = await events.next();
          if (done) return { value: undefined, done };
          this.#reportMissing(value.errors ?? []);
          return { value: value as ExecutionResult, done: false };
        } catch (fault) {
          return { value: this.#buildEndResult(fault), done: false }; // the stream ends after an exception
        }
      },
      return: async () => {
        await events.return?.();
        return { value: undefined, done: true };
      },
    };
  }

  /** The reason why a subscription ended: the graph's errors, or the close code of the socket. */
  #buildEndResult(fault: unknown): ExecutionResult {
    if (Array.isArray(fault)) {
      this.#reportMissing(fault as GraphError[]);
      return { errors: fault as GraphQLError[] };
    }
    if (!(fault instanceof CloseEvent)) return buildError(`The graph cannot be reached at ${this.#url.href}.`);
    if (TOKEN_REJECTED.includes(fault.code)) this.#session.rejectToken();
    return buildError(`The graph closed the connection: ${fault.code} ${fault.reason}`.trim());
  }

  async #post(headers: Record<string, string>, body: object): Promise<Response> {
    const authorization = `Bearer ${this.#session.token ?? ''}`;
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { ...headers, authorization },
      body: JSON.stringify(body),
      credentials: 'omit',
    });
    if (response.status === 401) this.#session.rejectToken();
    else if (response.ok) this.#session.acceptToken();
    return response;
  }
}

function buildError(message: string): ExecutionResult {
  return { errors: [new GraphQLError(message)] };
}
