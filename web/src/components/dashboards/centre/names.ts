// The names a journal row does not carry: of its deal, and of the person who acted. Read once, kept.
import { api, need } from '@/api/client';
import { usePeople } from '@/session/people';
import { useSession } from '@/session/session';
import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { FeedLine } from './fold';
import type { Names } from './sentences';

const kPerson = 'person:';
const kKeptMs = 3_600_000;

interface Named {
  id: string;
  name: string;
  currency: string | null; // of its value, which a row does not always carry
}

const dealOf = (line: FeedLine) => (line.kind === 'row' ? line.row.deal_id : null);

// The name where the row itself has it: a new deal.
function written(line: FeedLine): Named | null {
  const id = dealOf(line);
  const after = line.kind === 'row' ? (line.row.data.after as Record<string, unknown> | undefined) : undefined;
  return id !== null && typeof after?.name === 'string' && typeof after.currency === 'string' ? { id, name: after.name, currency: after.currency } : null;
}

const toMap = (named: Named[]) => new Map(named.map((one) => [one.id, one]));
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
        return { id, name: deal.name, currency: deal.currency };
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
