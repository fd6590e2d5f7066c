// An invitation is a link to hand on; Tributary sends no mail.
import { api, need } from '@/api/client';
import type { PersonRole } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { CopyButton } from '@/ui/CopyButton';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { showFieldErrors } from '@/ui/form_errors';
import { Dialog } from '@/ui/Dialog';
import { Button, Code, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { personRoleMeans, personRoles } from './role_choices';
import classes from './settings.module.css';

interface Fields {
  role: PersonRole;
  email: string;
}
interface Made {
  link: string;
  expires_at: string;
}

function MadeLink({ made, onClose }: { made: Made; onClose: () => void }) {
  const format = useFormat();
  return (
    <Stack gap="md">
      <Text size="sm">Send this link to your colleague. It works once, until {format.date_time(made.expires_at)}, and is not shown again.</Text>
      <Code className={classes.secret}>{made.link}</Code>
      <Group justify="flex-end">
        <CopyButton value={made.link} label="Copy the link" />
        <Button size="xs" onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}

function InviteForm({ onMade }: { onMade: (made: Made) => void }) {
  const [refused, setRefused] = useState<unknown>(null);
  const form = useForm<Fields>({ mode: 'onSubmit', reValidateMode: 'onChange', defaultValues: { role: 'member', email: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ role, email }) => {
    setRefused(null);
    try {
      onMade(await need(api.POST('/api/sales/people/invitations', { body: { role, ...(email.trim() === '' ? {} : { email: email.trim() }) } })));
    } catch (error) {
      if (!showFieldErrors(error, ['role', 'email'], form.setError)) setRefused(error);
    }
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        {refused !== null && <ErrorAlert error={refused} />}
        <Controller
          control={form.control}
          name="role"
          render={({ field }) => (
            <Radio.Group label="What may they do?" {...field}>
              <Stack gap="xs" mt="xs">
                {personRoles.map(({ value, label }) => <Radio key={value} value={value} label={label} description={personRoleMeans[value]} />)}
              </Stack>
            </Radio.Group>
          )}
        />
        <TextInput label="E-mail (optional)" description="Then only this address can use the link." type="email" error={errors.email?.message} {...form.register('email')} />
        <Group justify="flex-end"><Button type="submit" loading={isSubmitting}>Make a link</Button></Group>
      </Stack>
    </form>
  );
}

export function Invite({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<Made | null>(null);
  const close = () => {
    onClose();
    setMade(null);
  };
  return (
    <Dialog opened={opened} onClose={close} title="Invite a colleague">
      {made ? <MadeLink made={made} onClose={close} /> : <InviteForm onMade={setMade} />}
    </Dialog>
  );
}
