// What the gateway tells the page, as data: the page carries no script of its own.

export interface Boot {
  /** Path of the GraphQL endpoint on this origin. */
  readonly endpoint: string;
  readonly issuer: string;
  readonly clientId: string;
  /** The audience of the access token (RFC 8707). */
  readonly resource: string;
  /** What the first sign-in asks for. */
  readonly scopes: readonly string[];
  /** What introspection needs; null where everybody may. */
  readonly exploreScope: string | null;
}

export function readBoot(): Boot {
  const element = document.getElementById('boot');
  if (element === null) throw new Error('The page carries no boot data.');
  return JSON.parse(element.textContent) as Boot;
}
