// The names of what the query cache holds. Only the live socket writes to it; screens read, and refetch.
export const keys = {
  me: ['me'] as const,
  metrics: ['metrics'] as const, // {metrics: Metrics}
  activity: ['activity'] as const, // the newest rows of the journal
  connections: ['connections'],
  sources: ['sources'] as const,
  deals: ['deals'] as const, // prefix of every list of deals
  deal: (id: string) => ['deal', id] as const,
  leads: ['leads'] as const,
  imports: ['imports'] as const,
  import: (id: string) => ['import', id] as const,
  settings: ['settings'] as const,
  people: ['people'] as const,
  apiKeys: ['api-keys'] as const,
};
