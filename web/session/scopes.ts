// Reads from refusals which scopes would be enough.

export interface GraphError {
  readonly extensions?: { readonly code?: unknown; readonly requiredScopes?: unknown } | undefined;
}

/**
 * The scopes to ask for so that none of these errors comes back for want of one: per error the group that lacks least
 * (`requiredScopes` is an OR of ANDs). Empty when nothing was forbidden.
 */
export function missingScopes(errors: readonly GraphError[], granted: Iterable<string>): string[] {
  const held = new Set(granted);
  const missing = new Set<string>();
  for (const { extensions } of errors) {
    if (extensions?.code !== 'FORBIDDEN' || !isGroups(extensions.requiredScopes)) continue;
    const lacking = extensions.requiredScopes.map((group) => group.filter((scope) => !held.has(scope)));
    const least = lacking.toSorted((left, right) => left.length - right.length)[0] ?? [];
    least.forEach((scope) => missing.add(scope));
  }
  return [...missing].toSorted();
}

function isGroups(value: unknown): value is string[][] {
  return Array.isArray(value) && value.every((group) => Array.isArray(group));
}
