import assert from 'node:assert/strict';
import { test } from 'node:test';

import { selectOperation } from './operation.ts';

test('the only operation of a document is selected, whatever name the editor sends', () => {
  const params = { query: 'subscription Health { a }', operationName: 'PreviousTab' };
  const { operation, isSubscription } = selectOperation(params);

  assert.deepEqual([operation.operationName, isSubscription], ['Health', true]);
});

test('of several operations the named one is selected, and none for an unknown name', () => {
  const query = 'query One { a } subscription Two { a }';

  const selected = ['One', 'Two', 'Three', null].map((operationName) => selectOperation({ query, operationName }));

  assert.deepEqual(
    selected.map(({ operation, isSubscription }) => [operation.operationName, isSubscription]),
    [['One', false], ['Two', true], [null, false], [null, false]],
  );
});

test('an invalid document is sent unchanged, so that the graph reports the syntax error', () => {
  const { operation, isSubscription } = selectOperation({ query: 'query {', variables: { a: 1 } });

  assert.deepEqual(operation, { query: 'query {', variables: { a: 1 }, operationName: null });
  assert.equal(isSubscription, false);
});
