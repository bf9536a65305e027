// Sends operations to the graph as whoever is signed in: queries by POST, subscriptions by WebSocket (graphql-transport-ws).
import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { createClient } from 'graphql-ws';

import type { Boot } from '../session/boot';
import { type GraphError, missingScopes } from '../session/scopes';
import type { Session } from '../session/session';
import { type Asked, asSent } from './operation';

export interface Viewer {
  readonly name: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/** Codes with which a server closes on a token that it does not take (graphql-transport-ws: Unauthorized, Forbidden). */
const NOT_ACCEPTED = [4401, 4403];

const WHO = '{ viewer { actor { displayName } roles scopes } }';

export class Graph {
  readonly #url: URL;
  readonly #session: Session;
  readonly #sockets;
  readonly #look: (errors: readonly GraphError[]) => void;

  /** `onMissing` hears of every answer which scopes would have been enough; of one that forbade nothing, none. */
  constructor(boot: Boot, session: Session, onMissing: (scopes: readonly string[]) => void) {
    this.#url = new URL(boot.endpoint, location.origin);
    this.#session = session;
    this.#look = (errors) => onMissing(missingScopes(errors, session.snapshot().granted));
    this.#sockets = createClient({
      url: this.#url.href.replace(/^http/, 'ws'),
      connectionParams: () => ({ authorization: `Bearer ${session.token ?? ''}` }),
      retryAttempts: 3,
      shouldRetry: (fault) => fault instanceof CloseEvent && !NOT_ACCEPTED.includes(fault.code),
    });
  }

  /** Never throws: what goes wrong on the way is told as errors of the answer. */
  readonly fetcher: Fetcher = (params) => {
    if (this.#session.token === undefined) return told('Nobody is signed in. Choose "Sign in" above, then run this again.');
    const { sent, follows } = asSent(params);
    return follows ? this.#follow(sent) : this.#ask(sent);
  };

  /** Who the graph takes the bearer for; undefined when it does not say. */
  async viewer(): Promise<Viewer | undefined> {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await this.#post(headers, { query: WHO });
    if (!response.ok) return undefined;
    const { data } = (await response.json()) as { data?: { viewer?: { actor: { displayName: string } } & Viewer } };
    return data?.viewer && { ...data.viewer, name: data.viewer.actor.displayName };
  }

  async #ask(params: FetcherParams): Promise<ExecutionResult> {
    const accept = 'application/graphql-response+json, application/json;q=0.9';
    const response = await this.#post({ 'content-type': 'application/json', accept }, params).catch(() => undefined);
    if (response === undefined) return told(`The graph cannot be reached at ${this.#url.href}.`);
    const answer = (await response.json().catch(() => undefined)) as ExecutionResult | undefined;
    if (answer === undefined) return told(`Something between this page and the graph has answered: ${response.status}, and no JSON.`);
    if ('data' in answer || 'errors' in answer) this.#look(answer.errors ?? []);
    return answer;
  }

  #follow(asked: Asked): AsyncIterableIterator<ExecutionResult> {
    const events = this.#sockets.iterate(asked);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: async () => {
        try {
          const { value, done } = await events.next();
          if (done) return { value: undefined, done };
          this.#look(value.errors ?? []);
          return { value: value as ExecutionResult, done: false };
        } catch (fault) {
          return { value: this.#ended(fault), done: false }; // events are over once they have thrown
        }
      },
      return: async () => {
        await events.return?.();
        return { value: undefined, done: true };
      },
    };
  }

  /** Why a subscription came to its end: the graph's own errors, or what became of the socket. */
  #ended(fault: unknown): ExecutionResult {
    if (Array.isArray(fault)) {
      this.#look(fault as GraphError[]);
      return { errors: fault as GraphQLError[] };
    }
    if (!(fault instanceof CloseEvent)) return told(`The graph cannot be reached at ${this.#url.href}.`);
    if (NOT_ACCEPTED.includes(fault.code)) this.#session.refuse();
    return told(`The graph has closed the connection: ${fault.code} ${fault.reason}`.trim());
  }

  async #post(headers: Record<string, string>, asked: object): Promise<Response> {
    const authorization = `Bearer ${this.#session.token ?? ''}`;
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { ...headers, authorization },
      body: JSON.stringify(asked),
      credentials: 'omit',
    });
    if (response.status === 401) this.#session.refuse();
    else if (response.ok) this.#session.accept();
    return response;
  }
}

function told(words: string): ExecutionResult {
  return { errors: [new GraphQLError(words)] };
}
