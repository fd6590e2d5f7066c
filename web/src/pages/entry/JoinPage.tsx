// Joining with the link of the first start, or of an invitation. The token stands behind # and leaves the address bar at once.
import { ApiError } from '@/api/client';
import { ask, type Role, type SignedIn } from '@/api/agreed';
import { keys } from '@/api/keys';
import { useFormat } from '@/format/use_format';
import { roleWords } from '@/format/words';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { showFieldErrors } from '@/ui/form_errors';
import { ListSkeleton } from '@/ui/Skeletons';
import { ButtonLink } from '@/ui/links';
import { Button, PasswordInput, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { EntryFrame } from './EntryFrame';

interface Invitation {
  tenant_id: string;
  role: Role;
  email: string | null;
  expires_at: string;
}
interface Fields {
  name: string;
  email: string;
  password: string;
}
const kPasswordMin = 10; // as the server has it
const kPasswordMax = 200;

function JoinForm({ token, invitation }: { token: string; invitation: Invitation }) {
  const [refused, setRefused] = useState<unknown>(null);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const format = useFormat();
  const form = useForm<Fields>({ mode: 'onSubmit', reValidateMode: 'onChange', defaultValues: { name: '', email: invitation.email ?? '', password: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (fields) => {
    setRefused(null);
    try {
      const signedIn = await ask<SignedIn>('POST', '/api/auth/join', { token, ...fields });
      cache.clear();
      cache.setQueryData(keys.me, signedIn);
      await navigate({ to: '/', replace: true });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'email_taken') return form.setError('email', { message: 'Somebody has joined with this address already. Sign in instead.' }, { shouldFocus: true });
      if (!showFieldErrors(error, ['name', 'email', 'password'], form.setError)) setRefused(error);
    }
  });
  return (
    <>
      <Text size="sm" c="dimmed">You join {invitation.tenant_id} as {roleWords[invitation.role].toLowerCase()}. This link works once, until {format.date_time(invitation.expires_at)}.</Text>
      {refused !== null && <ErrorAlert error={refused} />}
      <form onSubmit={(event) => void submit(event)} noValidate>
        <TextInput label="Your name" autoComplete="name" autoFocus mb="md" error={errors.name?.message} {...form.register('name', { required: 'Enter your name, as colleagues know it.' })} />
        <TextInput label="E-mail" type="email" autoComplete="username" readOnly={invitation.email !== null} mb="md" error={errors.email?.message} {...form.register('email', { required: 'Enter your e-mail address.' })} />
        <PasswordInput
          label="Password"
          description={`At least ${kPasswordMin} characters. A sentence is easy to remember.`}
          autoComplete="new-password"
          mb="lg"
          error={errors.password?.message}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.register('password', { required: 'Choose a password.', minLength: { value: kPasswordMin, message: `Use at least ${kPasswordMin} characters.` }, maxLength: { value: kPasswordMax, message: `Use at most ${kPasswordMax} characters.` } })}
        />
        <Button type="submit" fullWidth loading={isSubmitting}>Join</Button>
      </form>
    </>
  );
}

export default function JoinPage() {
  const router = useRouter();
  const [token, setToken] = useState(() => window.location.hash.slice(1));
  // Also when a second link is opened in the same tab, which is no new page for the browser.
  useEffect(() => {
    const take = () => {
      const given = window.location.hash.slice(1);
      if (given === '') return;
      setToken(given);
      router.history.replace('/join');
    };
    take();
    return router.history.subscribe(take);
  }, [router]);
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => ask<Invitation>('POST', '/api/auth/invitation', { token }),
    enabled: token !== '',
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
  });
  if (invitation.data) {
    return <EntryFrame title="Welcome to Tributary"><JoinForm token={token} invitation={invitation.data} /></EntryFrame>;
  }
  const gone = token === '' || (invitation.error instanceof ApiError && invitation.error.status === 404);
  return (
    <EntryFrame title={gone ? 'This link does not work any more' : 'Welcome to Tributary'}>
      {gone && <Text size="sm">It may have been used, be too old, or not be whole. Open it again from the message it came with, or ask the person who invited you for a new one.</Text>}
      {gone && <ButtonLink to="/sign-in" search={{}} variant="default">I have an account: sign in</ButtonLink>}
      {!gone && invitation.error && <ErrorAlert error={invitation.error} onRetry={() => void invitation.refetch()} />}
      {invitation.isLoading && <ListSkeleton rows={4} />}
    </EntryFrame>
  );
}
