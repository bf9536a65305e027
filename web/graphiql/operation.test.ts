import assert from 'node:assert/strict';
import { test } from 'node:test';

import { asSent } from './operation.ts';

test('the only operation of a document is meant, whatever the editor has noted', () => {
  const { sent, follows } = asSent({ query: 'subscription Health { a }', operationName: 'FormerTab' });

  assert.deepEqual([sent.operationName, follows], ['Health', true]);
});

test('of several operations the one that the editor has noted is meant, and of none that it has, none', () => {
  const query = 'query One { a } subscription Two { a }';

  const noted = ['One', 'Two', 'Three', null].map((operationName) => asSent({ query, operationName }));

  assert.deepEqual(
    noted.map(({ sent, follows }) => [sent.operationName, follows]),
    [['One', false], ['Two', true], [null, false], [null, false]],
  );
});

test('what does not parse is sent as it is, for the graph to say why', () => {
  const { sent, follows } = asSent({ query: 'query {', variables: { a: 1 } });

  assert.deepEqual([sent, follows], [{ query: 'query {', variables: { a: 1 }, operationName: null }, false]);
});
