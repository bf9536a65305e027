import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findMissingScopes } from './scopes.ts';

const buildForbidden = (...requiredScopes: string[][]) => ({ extensions: { code: 'FORBIDDEN', requiredScopes } });

test('every forbidden field adds its missing scopes once', () => {
  const errors = [buildForbidden(['b:read']), buildForbidden(['a:read', 'granted:read']), buildForbidden(['b:read'])];

  assert.deepEqual(findMissingScopes(errors, ['granted:read']), ['a:read', 'b:read']);
});

test('of several scope groups the one with the fewest missing scopes is chosen', () => {
  const groups = [['a:read', 'b:read'], ['c:read', 'granted:read'], ['d:read', 'e:read', 'granted:read']];
  const errors = [buildForbidden(...groups)];

  assert.deepEqual(findMissingScopes(errors, ['granted:read']), ['c:read']);
});

test('other errors add no scopes', () => {
  const invalid = { extensions: { code: 'FORBIDDEN', requiredScopes: 'a' } };
  const errors = [{}, { extensions: { code: 'SOURCE_UNAVAILABLE' } }, invalid];

  assert.deepEqual(findMissingScopes(errors, []), []);
});
