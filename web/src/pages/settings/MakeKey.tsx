// Makes an API key and shows its secret, once.
import { api, need } from '@/api/client';
import type { Role } from '@/api/agreed';
import { keys } from '@/api/keys';
import { CopyButton } from '@/ui/CopyButton';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { showFieldErrors } from '@/ui/form_errors';
import { Dialog } from '@/ui/Dialog';
import { Alert, Button, Code, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import classes from './settings.module.css';

const roles: { value: Role; label: string }[] = [
  { value: 'intake', label: 'Intake: only sends deals' },
  { value: 'form', label: 'Web form: may stand in a public page' },
  { value: 'viewer', label: 'Viewer: only reads' },
  { value: 'member', label: 'Member: reads, sends and changes deals' },
  { value: 'admin', label: 'Admin: also changes settings, people and keys' },
];
interface Fields {
  label: string;
  role: Role;
  origins: string;
}
const listOf = (text: string) => text.split(/[\s,]+/).filter((part) => part !== '');

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Stack gap="md">
      <Alert variant="light" color="yellow" title="Copy it now">The key is shown this once. If it is lost, make a new one.</Alert>
      <Code className={classes.secret}>{secret}</Code>
      <Group justify="flex-end">
        <CopyButton value={secret} label="Copy the key" />
        <Button size="xs" onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}

function KeyForm({ onMade }: { onMade: (secret: string) => void }) {
  const cache = useQueryClient();
  const [refused, setRefused] = useState<unknown>(null);
  const form = useForm<Fields>({ mode: 'onSubmit', reValidateMode: 'onChange', defaultValues: { label: '', role: 'intake', origins: '' } });
  const { errors, isSubmitting } = form.formState;
  const isForm = form.watch('role') === 'form';
  const submit = form.handleSubmit(async ({ label, role, origins }) => {
    setRefused(null);
    try {
      const made = await need(api.POST('/api/sales/keys', { body: { role, label: label.trim(), ...(role === 'form' ? { origins: listOf(origins) } : {}) } }));
      await cache.invalidateQueries({ queryKey: keys.apiKeys });
      onMade(made.secret);
    } catch (error) {
      if (!showFieldErrors(error, ['label', 'role', 'origins'], form.setError)) setRefused(error);
    }
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        {refused !== null && <ErrorAlert error={refused} />}
        <TextInput label="Name" description="Which program will use it?" error={errors.label?.message} {...form.register('label', { required: 'Give it a name, so that you know it later.' })} />
        <NativeSelect label="What may it do?" data={roles} {...form.register('role')} />
        {isForm && <TextInput label="Sites (optional)" description="For example https://www.example.com. Only forms on these sites are taken; none means any." error={errors.origins?.message} {...form.register('origins')} />}
        <Group justify="flex-end"><Button type="submit" loading={isSubmitting}>Make the key</Button></Group>
      </Stack>
    </form>
  );
}

export function MakeKey({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    onClose();
    setSecret(null);
  };
  return (
    <Dialog opened={opened} onClose={close} title="New API key" closeOnClickOutside={secret === null}>
      {secret === null ? <KeyForm onMade={setSecret} /> : <Secret secret={secret} onClose={close} />}
    </Dialog>
  );
}
