package dev.switchboard.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RefreshTokensTest {
    private final RefreshTokens tokens = new RefreshTokens();

    @Test
    void tokensAre256BitsAndNeverTheSame() {
        Set<String> seen = new HashSet<>();
        String token = tokens.first();
        for (int i = 0; i < 1_000; i++) {
            assertThat(token).matches("[A-Za-z0-9_-]{43}");
            assertThat(seen.add(token)).isTrue();
            token = i % 2 == 0 ? tokens.after(token).token() : tokens.first();
        }
    }

    @Test
    void aSuccessorIsMadeAgainFromItsTokenAndNonceTogether() {
        String token = tokens.first();
        RefreshTokens.Next next = tokens.after(token);

        assertThat(RefreshTokens.after(token, next.nonce())).isEqualTo(next.token());
        assertThat(RefreshTokens.after(tokens.first(), next.nonce())).isNotEqualTo(next.token());
        assertThat(tokens.after(token).token()).isNotEqualTo(next.token());
    }

    @Test
    void whatIsStoredIsNotTheToken() {
        String token = tokens.first();

        assertThat(RefreshTokens.hash(token).length()).isEqualTo(32);
        assertThat(RefreshTokens.hash(token)).isEqualTo(RefreshTokens.hash(token));
        assertThat(RefreshTokens.hash(token).toString()).isNotEqualTo(token);
    }
}
