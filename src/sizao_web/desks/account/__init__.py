"""One's own account: sign in and out, language, second factor, which duty is worked under."""
