// Finds the scopes that a response lacked.

export interface GraphError {
  readonly extensions?: { readonly code?: unknown; readonly requiredScopes?: unknown } | undefined;
}

/**
 * Return the scopes to request so that none of these FORBIDDEN errors recurs: per error the group with the fewest
 * missing scopes (`requiredScopes` is an OR of ANDs). Empty if there was no such error.
 */
export function findMissingScopes(errors: readonly GraphError[], granted: Iterable<string>): string[] {
  const grantedScopes = new Set(granted);
  const missing = new Set<string>();
  for (const { extensions } of errors) {
    if (extensions?.code !== 'FORBIDDEN' || !isScopeGroups(extensions.requiredScopes)) continue;
    const groups = extensions.requiredScopes.map((group) => group.filter((scope) => !grantedScopes.has(scope)));
    const smallest = groups.toSorted((left, right) => left.length - right.length)[0] ?? [];
    smallest.forEach((scope) => missing.add(scope));
  }
  return [...missing].toSorted();
}

function isScopeGroups(value: unknown): value is string[][] {
  return Array.isArray(value) && value.every((group) => Array.isArray(group));
}
