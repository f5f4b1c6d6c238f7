import type { Builder } from './builder.ts';

/** Where a page of a connection stands. */
export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | undefined;
  readonly endCursor: string | undefined;
}

export type PageInfoRef = ReturnType<typeof declarePageInfo>;

/** Declares `PageInfo`, which all connections share. */
export function declarePageInfo(builder: Builder) {
  return builder.objectRef<PageInfo>('PageInfo').implement({
    description: 'Where a page stands among all that match.',
    fields: (t) => ({
      hasNextPage: t.exposeBoolean('hasNextPage', { nullable: false }),
      hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
        nullable: false,
        description: 'Whether the page was asked for by the end of an earlier one.',
      }),
      startCursor: t.string({ resolve: (page) => page.startCursor }),
      endCursor: t.string({ resolve: (page) => page.endCursor }),
    }),
  });
}
