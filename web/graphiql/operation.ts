// What the open tab holds, as it is sent.
import type { FetcherParams } from '@graphiql/toolkit';
import { Kind, type OperationDefinitionNode, OperationTypeNode, parse } from 'graphql';

export interface Asked extends FetcherParams {
  operationName: string | null;
}

/**
 * The operation as the document that is sent has it, and whether it is followed rather than answered once. What GraphiQL has noted of
 * the editor lags behind a change of tab by a moment, in which it would ask for the former tab's operation.
 */
export function asSent(params: FetcherParams): { readonly sent: Asked; readonly follows: boolean } {
  const operations = operationsOf(params.query);
  const noted = params.operationName ?? undefined;
  const meant = operations.find(({ name }) => name?.value === noted) ?? (operations.length === 1 ? operations[0] : undefined);
  return {
    sent: { ...params, operationName: meant?.name?.value ?? null },
    follows: meant?.operation === OperationTypeNode.SUBSCRIPTION,
  };
}

/** None for what does not parse: the graph says why. */
function operationsOf(document: string): OperationDefinitionNode[] {
  try {
    return parse(document).definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return [];
  }
}
