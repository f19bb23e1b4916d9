package dev.switchboard.account;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose accounts are administrators.
 *
 * @param addresses in lower case
 */
record AdminEmails(Set<String> addresses) {
    boolean contains(@Nullable String email) {
        return email != null && addresses.contains(email.toLowerCase(Locale.ROOT));
    }
}
