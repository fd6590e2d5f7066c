// The names a journal row does not carry: of its deal, and of the person who acted. Read once, kept.
import { api, need } from '@/api/client';
import { ask, type Person } from '@/api/agreed';
import { keys } from '@/api/keys';
import { useSession } from '@/session/session';
import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { FeedLine } from './fold';
import type { Names } from './sentences';

const kPerson = 'person:';
const kKeptMs = 3_600_000;

export function usePeople(wanted = true) {
  return useQuery({
    queryKey: keys.people,
    queryFn: ({ signal }) => ask<{ people: Person[] }>('GET', '/api/sales/people', undefined, signal),
    select: (said) => said.people,
    enabled: wanted,
    retry: false,
  });
}

interface Named {
  id: string;
  name: string;
}

const dealOf = (line: FeedLine) => (line.kind === 'row' ? line.row.deal_id : null);

// The name where the row itself has it: a new deal, or a deal that was given another name.
function written(line: FeedLine): Named | null {
  const id = dealOf(line);
  const after = line.kind === 'row' ? (line.row.data.after as Record<string, unknown> | undefined) : undefined;
  return id !== null && typeof after?.name === 'string' ? { id, name: after.name } : null;
}

const toMap = (named: Named[]) => new Map(named.map(({ id, name }) => [id, name]));
const collect = (results: UseQueryResult<Named>[]) => toMap(results.flatMap(({ data }) => data ?? []));

export function useNames(lines: FeedLine[]): Names {
  const { person } = useSession();
  const people = usePeople(person !== null);
  const known = useMemo(() => toMap(lines.flatMap((line) => written(line) ?? [])), [lines]);
  const unknown = useMemo(() => [...new Set(lines.flatMap((line) => dealOf(line) ?? []))].filter((id) => !known.has(id)), [lines, known]);
  const asked = useQueries({
    queries: unknown.map((id) => ({
      queryKey: ['deal-name', id],
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Named> => {
        const { deal } = await need(api.GET('/api/sales/deals/{id}', { params: { path: { id } }, signal }));
        return { id, name: deal.name };
      },
      staleTime: kKeptMs,
      retry: false,
    })),
    combine: collect,
  });
  return useMemo(
    () => ({
      deal: (id) => (id === null ? null : (known.get(id) ?? asked.get(id) ?? null)),
      actor: (actor) => (actor.startsWith(kPerson) ? (people.data?.find((one) => one.id === actor.slice(kPerson.length))?.name ?? null) : null),
    }),
    [asked, known, people.data],
  );
}
