// Sends operations to the graph as whoever is signed in: queries by POST, subscriptions by WebSocket (graphql-transport-ws).
import { createGraphiQLFetcher, type Fetcher, type FetcherOpts, type FetcherParams } from '@graphiql/toolkit';
import { type DocumentNode, Kind, parse } from 'graphql';
import { createClient } from 'graphql-ws';

import type { Boot } from '../session/boot';
import { type GraphError, missingScopes } from '../session/scopes';
import type { Session } from '../session/session';

export interface Viewer {
  readonly name: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/** Codes with which a server closes on a token that it does not take (graphql-transport-ws: Unauthorized, Forbidden). */
const NOT_ACCEPTED = [4401, 4403];

const WHO = '{ viewer { actor { displayName } roles scopes } }';

export class Graph {
  readonly fetcher: Fetcher;
  readonly #url: URL;
  readonly #session: Session;

  /** `onMissing` hears of every answer which scopes would have been enough; of one that forbade nothing, none. */
  constructor(boot: Boot, session: Session, onMissing: (scopes: readonly string[]) => void) {
    this.#url = new URL(boot.endpoint, location.origin);
    this.#session = session;
    const look = (errors: readonly GraphError[]) => onMissing(missingScopes(errors, session.snapshot().granted));
    const ask = createGraphiQLFetcher({
      url: this.#url.href,
      fetch: this.#fetch,
      enableIncrementalDelivery: false,
      wsClient: createClient({
        url: this.#url.href.replace(/^http/, 'ws'),
        connectionParams: () => ({ authorization: `Bearer ${session.token ?? ''}` }),
        retryAttempts: 3,
        on: {
          closed(event) {
            if (event instanceof CloseEvent && NOT_ACCEPTED.includes(event.code)) session.expire();
          },
          message(message) {
            if (message.type === 'next') look(message.payload.errors ?? []);
            if (message.type === 'error') look(message.payload);
          },
        },
      }),
    });
    this.fetcher = async (params, options) => {
      const answer = await ask(...asSent(params, options));
      if ('data' in answer || 'errors' in answer) look(answer.errors ?? []);
      return answer;
    };
  }

  /** Who the graph takes the bearer for; undefined when it does not say. */
  async viewer(): Promise<Viewer | undefined> {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await this.#fetch(this.#url.href, { method: 'POST', headers, body: JSON.stringify({ query: WHO }) });
    if (!response.ok) return undefined;
    const { data } = (await response.json()) as { data?: { viewer?: { actor: { displayName: string } } & Viewer } };
    return data?.viewer && { ...data.viewer, name: data.viewer.actor.displayName };
  }

  readonly #fetch: typeof fetch = async (input, options) => {
    const headers = new Headers(options?.headers);
    if (this.#session.token !== undefined) headers.set('authorization', `Bearer ${this.#session.token}`);
    const response = await fetch(input, { ...options, headers, credentials: 'omit' });
    if (response.status === 401) this.#session.expire();
    return response;
  };
}

/**
 * The operation as the document that is sent has it. What GraphiQL has noted of the editor lags behind a change of tab by a moment,
 * in which it would ask for the former tab's operation, and send a subscription by POST.
 */
function asSent(params: FetcherParams, options: FetcherOpts | undefined): [FetcherParams, FetcherOpts | undefined] {
  const documentAST = parsed(params.query);
  if (documentAST === undefined) return [params, options];
  const names = documentAST.definitions.flatMap((each) => (each.kind === Kind.OPERATION_DEFINITION ? [each.name?.value ?? null] : []));
  const noted = params.operationName ?? null;
  const meant = names.includes(noted) ? noted : names.length === 1 ? names[0] : null;
  return [{ ...params, operationName: meant ?? null }, { ...options, documentAST }];
}

/** Undefined for what does not parse: the graph says why. */
function parsed(document: string): DocumentNode | undefined {
  try {
    return parse(document);
  } catch {
    return undefined;
  }
}
