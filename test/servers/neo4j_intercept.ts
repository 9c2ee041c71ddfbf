/** Looking on while a projection writes, and getting in its way. */
import type { ManagedTransaction } from "neo4j-driver";
import type { Neo4jProjection } from "../../src/projections/neo4j/projection.ts";

/** What is done around a statement of a transaction. */
export interface Intercepted {
  /** Before it; what this throws breaks the transaction off. */
  before?(statement: string): void | Promise<void>;
  /** Behind it. */
  after?(statement: string): void | Promise<void>;
}

/** From now on these are called around each statement that a projection writes with. */
export function intercept(projection: Neo4jProjection, { before, after }: Intercepted): void {
  const connect = projection.connect.bind(projection);
  projection.connect = async () => {
    const driver = await connect();
    return Object.create(driver, {
      session: {
        value: (...options: Parameters<typeof driver.session>) => {
          const session = driver.session(...options);
          const executeWrite = session.executeWrite.bind(session);
          session.executeWrite = (work) =>
            executeWrite((transaction) =>
              work({
                run: async (statement: string, parameters: Record<string, unknown>) => {
                  await before?.(statement);
                  const result = await transaction.run(statement, parameters);
                  await after?.(statement);
                  return result;
                },
              } as unknown as ManagedTransaction)
            );
          return session;
        },
      },
      executeQuery: { value: driver.executeQuery.bind(driver) },
      close: { value: () => driver.close() },
    });
  };
}
