// The identity provider as a public client sees it: authorization code with PKCE (RFC 7636, RFC 9700), answers checked by oauth4webapi.
import * as oauth from 'oauth4webapi';

import type { Boot } from './boot';

/** What a sign-in has to remember until the provider answers. Nothing else ever lies in the browser's storage. */
export interface Pending {
  readonly verifier: string;
  readonly state: string;
}

export interface Grant {
  readonly token: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch; undefined when the provider does not say. */
  readonly expiresAt: number | undefined;
}

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

export class Provider {
  readonly #boot: Boot;
  readonly #issuer: URL;
  readonly #client: oauth.Client;
  #found: Promise<oauth.AuthorizationServer> | undefined;

  constructor(boot: Boot) {
    this.#boot = boot;
    this.#issuer = new URL(boot.issuer);
    this.#client = { client_id: boot.clientId };
  }

  /** Where to send the browser, and what to remember meanwhile. `again`: the provider shall ask who it is. */
  async request(scopes: readonly string[], again: boolean): Promise<{ address: URL; pending: Pending }> {
    if (!window.isSecureContext) throw new Error('Signing in needs https (or this machine itself).');
    const server = await this.#server();
    if (server.authorization_endpoint === undefined) throw new Error(`${this.#boot.issuer} names no authorization endpoint.`);
    const pending = { verifier: oauth.generateRandomCodeVerifier(), state: stateOf(scopes) };
    const address = new URL(server.authorization_endpoint);
    const asked = {
      client_id: this.#client.client_id,
      redirect_uri: redirect(),
      response_type: 'code',
      scope: scopes.join(' '),
      resource: this.#boot.resource,
      state: pending.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...(again ? { prompt: 'login' } : {}),
    };
    for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
    return { address, pending };
  }

  /** Turn the provider's answer into a token. Throws when the answer is not to our request, or is a refusal. */
  async redeem(answer: URLSearchParams, pending: Pending): Promise<Grant> {
    const server = await this.#server();
    const checked = oauth.validateAuthResponse(server, this.#client, answer, pending.state); // state, and iss (RFC 9207)
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      this.#client,
      oauth.None(),
      checked,
      redirect(),
      pending.verifier,
      { ...this.#transport(), additionalParameters: { resource: this.#boot.resource } },
    );
    const told = await oauth.processAuthorizationCodeResponse(server, this.#client, response);
    return {
      token: told.access_token,
      scopes: told.scope === undefined ? askedFor(pending) : told.scope.split(' ').filter(Boolean),
      expiresAt: told.expires_in === undefined ? undefined : Date.now() + told.expires_in * 1000,
    };
  }

  #server(): Promise<oauth.AuthorizationServer> {
    this.#found ??= this.#discover().catch((error: unknown) => {
      this.#found = undefined; // the next sign-in tries again
      throw error;
    });
    return this.#found;
  }

  async #discover(): Promise<oauth.AuthorizationServer> {
    const ask = (algorithm: 'oidc' | 'oauth2') =>
      oauth.discoveryRequest(this.#issuer, { ...this.#transport(), algorithm });
    let response = await ask('oidc').catch(() => undefined);
    if (!response?.ok) response = await ask('oauth2');
    return oauth.processDiscoveryResponse(this.#issuer, response);
  }

  /** Plain http is for providers on this machine only. */
  #transport(): { [oauth.allowInsecureRequests]: boolean } {
    return { [oauth.allowInsecureRequests]: LOOPBACK.test(this.#issuer.hostname) };
  }
}

/** The page itself: it is registered with the provider as the only place to come back to. */
function redirect(): string {
  return location.origin + location.pathname;
}

/** A state nobody can guess, which carries what was asked for: a page that comes back has no other memory of it. */
function stateOf(scopes: readonly string[]): string {
  return `${oauth.generateRandomState()}.${btoa(scopes.join(' '))}`;
}

export function askedFor(pending: Pending): string[] {
  return atob(pending.state.split('.')[1] ?? '').split(' ').filter(Boolean);
}
