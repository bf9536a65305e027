// A public client of the identity provider: authorization code flow with PKCE (RFC 7636, RFC 9700) by oauth4webapi.
import * as oauth from 'oauth4webapi';

import type { PageConfig } from './page-config';

/** State of a sign-in until the provider responds; nothing else is ever in the session storage. */
export interface PendingSignIn {
  readonly verifier: string;
  readonly state: string;
}

export interface Grant {
  readonly token: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch; undefined if the provider does not say. */
  readonly expiresAt: number | undefined;
}

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

export class IdentityProvider {
  readonly #config: PageConfig;
  readonly #issuer: URL;
  readonly #client: oauth.Client;
  #metadata: Promise<oauth.AuthorizationServer> | undefined;

  constructor(config: PageConfig) {
    this.#config = config;
    this.#issuer = new URL(config.issuer);
    this.#client = { client_id: config.clientId };
  }

  /** Return the authorization URL and the state to keep. With `reauthenticate`, the provider asks for a login. */
  async buildAuthorizationRequest(
    scopes: readonly string[],
    reauthenticate: boolean,
  ): Promise<{ url: URL; pending: PendingSignIn }> {
    if (!window.isSecureContext) throw new Error('Signing in requires https, or http on localhost.');
    const server = await this.#loadMetadata();
    if (server.authorization_endpoint === undefined) {
      throw new Error(`The metadata of ${this.#config.issuer} has no authorization endpoint.`);
    }
    const pending = { verifier: oauth.generateRandomCodeVerifier(), state: createState(scopes) };
    const url = new URL(server.authorization_endpoint);
    const parameters = {
      client_id: this.#client.client_id,
      redirect_uri: getRedirectUri(),
      response_type: 'code',
      scope: scopes.join(' '),
      resource: this.#config.resource,
      state: pending.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...(reauthenticate ? { prompt: 'login' } : {}),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { url, pending };
  }

  /** Exchange the authorization response for a token. Throws for an error or a response to another request. */
  async redeem(response: URLSearchParams, pending: PendingSignIn): Promise<Grant> {
    const server = await this.#loadMetadata();
    // Checks state, and iss (RFC 9207).
    const parameters = oauth.validateAuthResponse(server, this.#client, response, pending.state);
    const tokenResponse = await oauth.authorizationCodeGrantRequest(
      server,
      this.#client,
      oauth.None(),
      parameters,
      getRedirectUri(),
      pending.verifier,
      { ...this.#getRequestOptions(), additionalParameters: { resource: this.#config.resource } },
    );
    const granted = await oauth.processAuthorizationCodeResponse(server, this.#client, tokenResponse);
    return {
      token: granted.access_token,
      scopes: granted.scope === undefined ? parseScopes(pending) : granted.scope.split(' ').filter(Boolean),
      expiresAt: granted.expires_in === undefined ? undefined : Date.now() + granted.expires_in * 1000,
    };
  }

  #loadMetadata(): Promise<oauth.AuthorizationServer> {
    this.#metadata ??= this.#discover().catch((error: unknown) => {
      this.#metadata = undefined; // the next sign-in tries again
      throw error;
    });
    return this.#metadata;
  }

  async #discover(): Promise<oauth.AuthorizationServer> {
    const request = (algorithm: 'oidc' | 'oauth2') =>
      oauth.discoveryRequest(this.#issuer, { ...this.#getRequestOptions(), algorithm });
    let response = await request('oidc').catch(() => undefined);
    if (!response?.ok) response = await request('oauth2');
    return oauth.processDiscoveryResponse(this.#issuer, response);
  }

  /** Plain http is allowed for providers on localhost only. */
  #getRequestOptions(): { [oauth.allowInsecureRequests]: boolean } {
    return { [oauth.allowInsecureRequests]: LOOPBACK.test(this.#issuer.hostname) };
  }
}

/** The page itself: the only redirect URI registered with the provider. */
function getRedirectUri(): string {
  return location.origin + location.pathname;
}

/** A random state with the requested scopes: after the redirect the page has no other record of them. */
function createState(scopes: readonly string[]): string {
  return `${oauth.generateRandomState()}.${btoa(scopes.join(' '))}`;
}

/** Return the scopes that a sign-in requested. */
export function parseScopes(pending: PendingSignIn): string[] {
  return atob(pending.state.split('.')[1] ?? '').split(' ').filter(Boolean);
}
