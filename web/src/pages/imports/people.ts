// Who an actor of the journal is: a person by name, a key, or the server itself.
import { ask, type Person } from '@/api/agreed';
import { keys } from '@/api/keys';
import { useQuery } from '@tanstack/react-query';

export function useActorName(): (actor: string) => string {
  const people = useQuery({ queryKey: keys.people, queryFn: () => ask<{ people: Person[] }>('GET', '/api/sales/people'), retry: false });
  return (actor) => {
    const [kind, id] = actor.split(':');
    if (kind === 'person') return people.data?.people.find((person) => person.id === id)?.name ?? 'A colleague';
    if (kind === 'key') return 'A program (API key)';
    return 'Tributary';
  };
}
