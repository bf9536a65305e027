// The operation of the active tab, as it is sent.
import type { FetcherParams } from '@graphiql/toolkit';
import { Kind, type OperationDefinitionNode, OperationTypeNode, parse } from 'graphql';

export interface NamedOperation extends FetcherParams {
  operationName: string | null;
}

/**
 * Return the operation with its name, and whether it is a subscription. After a change of tab, GraphiQL's own operation
 * name is that of the previous tab for a moment, so a document with one operation determines the name itself.
 */
export function selectOperation(params: FetcherParams): {
  readonly operation: NamedOperation;
  readonly isSubscription: boolean;
} {
  const operations = parseOperations(params.query);
  const requestedName = params.operationName ?? undefined;
  const only = operations.length === 1 ? operations[0] : undefined;
  const selected = operations.find(({ name }) => name?.value === requestedName) ?? only;
  return {
    operation: { ...params, operationName: selected?.name?.value ?? null },
    isSubscription: selected?.operation === OperationTypeNode.SUBSCRIPTION,
  };
}

/** Return no operation for an invalid document: the graph reports the syntax error. */
function parseOperations(document: string): OperationDefinitionNode[] {
  try {
    return parse(document).definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return [];
  }
}
