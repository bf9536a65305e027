import assert from 'node:assert/strict';
import { test } from 'node:test';

import { missingScopes } from './scopes.ts';

const forbidden = (...requiredScopes: string[][]) => ({ extensions: { code: 'FORBIDDEN', requiredScopes } });

test('every forbidden field adds what it lacks, once', () => {
  const errors = [forbidden(['b:read']), forbidden(['a:read', 'held:read']), forbidden(['b:read'])];

  assert.deepEqual(missingScopes(errors, ['held:read']), ['a:read', 'b:read']);
});

test('of several ways the one that lacks least is asked for', () => {
  const errors = [forbidden(['a:read', 'b:read'], ['c:read', 'held:read'], ['d:read', 'e:read', 'held:read'])];

  assert.deepEqual(missingScopes(errors, ['held:read']), ['c:read']);
});

test('other failures are no reason to sign in again', () => {
  const errors = [{}, { extensions: { code: 'SOURCE_UNAVAILABLE' } }, { extensions: { code: 'FORBIDDEN', requiredScopes: 'a' } }];

  assert.deepEqual(missingScopes(errors, []), []);
});
