// One's own password. Other devices are signed out by the change.
import { api, ApiError, need } from '@/api/client';
import { useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { showFieldErrors } from '@/ui/form_errors';
import { notifyDone } from '@/ui/undo';
import { Button, PasswordInput, Stack } from '@mantine/core';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Section } from './Section';

interface Fields {
  current: string;
  new: string;
}
const kPasswordMin = 10; // as the server has it
const eye = { 'aria-label': 'Show the password' };

export default function Password() {
  const { person } = useSession();
  const [refused, setRefused] = useState<unknown>(null);
  const form = useForm<Fields>({ mode: 'onSubmit', reValidateMode: 'onChange', defaultValues: { current: '', new: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (fields) => {
    setRefused(null);
    try {
      await need(api.POST('/api/auth/password', { body: fields }));
      form.reset();
      notifyDone('Your password is changed. Other devices were signed out.');
    } catch (error) {
      if (error instanceof ApiError && error.code === 'wrong_password') return form.setError('current', { message: 'That is not your present password.' }, { shouldFocus: true });
      if (!showFieldErrors(error, ['current', 'new'], form.setError)) setRefused(error);
    }
  });
  return (
    <Section title="Password" text="Changing it signs you out everywhere else.">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="md" maw={380}>
          {refused !== null && <ErrorAlert error={refused} />}
          <input type="email" autoComplete="username" value={person?.email ?? ''} readOnly hidden />
          <PasswordInput label="Present password" autoComplete="current-password" error={errors.current?.message} visibilityToggleButtonProps={eye} {...form.register('current', { required: 'Enter your present password.' })} />
          <PasswordInput label="New password" description={`At least ${kPasswordMin} characters.`} autoComplete="new-password" error={errors.new?.message} visibilityToggleButtonProps={eye} {...form.register('new', { required: 'Choose a new password.', minLength: { value: kPasswordMin, message: `Use at least ${kPasswordMin} characters.` } })} />
          <div><Button type="submit" loading={isSubmitting}>Change password</Button></div>
        </Stack>
      </form>
    </Section>
  );
}
