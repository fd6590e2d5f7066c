// The nonce the server gave this page: whatever adds a <style> at run time must carry it, for the policy allows nothing else.
import { setNonce } from 'get-nonce';

export const nonce: string = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
if (nonce) setNonce(nonce);
