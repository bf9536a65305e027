// The configuration of the page, which the gateway embeds as JSON: the page has no inline script.

export interface PageConfig {
  /** Path of the GraphQL endpoint on this origin. */
  readonly endpoint: string;
  readonly issuer: string;
  readonly clientId: string;
  /** The audience of the access token (RFC 8707). */
  readonly resource: string;
  /** The scopes that the first sign-in requests. */
  readonly scopes: readonly string[];
  /** The scope that introspection needs; null if every user may introspect. */
  readonly exploreScope: string | null;
}

export function readPageConfig(): PageConfig {
  const element = document.getElementById('page-config');
  if (element === null) throw new Error('The page has no configuration.');
  return JSON.parse(element.textContent) as PageConfig;
}
