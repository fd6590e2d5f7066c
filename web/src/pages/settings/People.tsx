// Who works here: invite, give another role, disable.
import { api, need } from '@/api/client';
import type { Colleague, PersonRole } from '@/api/agreed';
import { keys } from '@/api/keys';
import { roleWords } from '@/format/words';
import { usePeople } from '@/session/people';
import { useSession } from '@/session/session';
import { Ago } from '@/ui/Ago';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { notifyFailed, notifyUndo } from '@/ui/undo';
import { Button, NativeSelect, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import IconUserPlus from '@tabler/icons-react/dist/esm/icons/IconUserPlus.mjs';
import { useState } from 'react';
import { Invite } from './Invite';
import { personRoles } from './role_choices';
import { Section } from './Section';
import classes from './settings.module.css';

interface Change {
  role?: PersonRole;
  disabled?: boolean;
}

function useChangePerson() {
  const cache = useQueryClient();
  const change = async (id: string, body: Change) => {
    await need(api.PATCH('/api/sales/people/{id}', { params: { path: { id } }, body }));
    await cache.invalidateQueries({ queryKey: keys.people });
  };
  return async (person: Colleague, to: Change, back: Change, said: string) => {
    try {
      await change(person.id, to);
      notifyUndo(said, () => change(person.id, back));
    } catch (error) {
      notifyFailed(error, `${person.name} was not changed.`);
    }
  };
}

function Row({ person, own, editable }: { person: Colleague; own: boolean; editable: boolean }) {
  const change = useChangePerson();
  return (
    <li className={classes.row}>
      <div className={classes.who}>
        <Text size="sm" fw={600}>{person.name}{own && ' (you)'}</Text>
        <Text size="xs" c="dimmed">{person.email}</Text>
      </div>
      <Text size="xs" c="dimmed" w={150}>{person.disabled ? 'Disabled' : person.last_seen_at ? <>Here <Ago at={person.last_seen_at} /></> : 'Not signed in'}</Text>
      {editable && !own ? (
        <>
          <NativeSelect
            size="xs"
            aria-label={`Role of ${person.name}`}
            data={personRoles}
            value={person.role}
            disabled={person.disabled}
            onChange={(event) => {
              const role = event.currentTarget.value as PersonRole;
              void change(person, { role }, { role: person.role }, `${person.name} is ${role === 'admin' ? 'an admin' : `a ${roleWords[role].toLowerCase()}`} now.`);
            }}
          />
          <Button
            size="xs"
            variant="default"
            aria-label={`${person.disabled ? 'Enable' : 'Disable'} ${person.name}`}
            onClick={() => void change(person, { disabled: !person.disabled }, { disabled: person.disabled }, person.disabled ? `${person.name} may sign in again.` : `${person.name} was signed out and may not sign in.`)}
          >
            {person.disabled ? 'Enable' : 'Disable'}
          </Button>
        </>
      ) : (
        <Text size="sm">{roleWords[person.role]}</Text>
      )}
    </li>
  );
}

export default function People() {
  const found = usePeople();
  const { can, person: me } = useSession();
  const [inviting, setInviting] = useState(false);
  return (
    <Section
      title="People"
      text="Everyone here sees all deals of the workspace."
      action={can('administer') && <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>Invite</Button>}
    >
      {found.isPending && <ListSkeleton rows={4} />}
      {found.error && <ErrorAlert error={found.error} onRetry={() => void found.refetch()} />}
      <ul className={classes.rows}>{found.data?.map((person) => <Row key={person.id} person={person} own={person.id === me?.id} editable={can('administer')} />)}</ul>
      <Invite opened={inviting} onClose={() => setInviting(false)} />
    </Section>
  );
}
