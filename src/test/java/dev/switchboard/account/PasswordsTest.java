package dev.switchboard.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private final Passwords passwords = new Passwords();

    @Test
    void onlyThePasswordMatchesItsHash() {
        String hash = passwords.hash("correct horse battery staple");

        assertThat(passwords.matches("correct horse battery staple", hash)).isTrue();
        assertThat(passwords.matches("correct horse battery stapl", hash)).isFalse();
        assertThat(passwords.matches("Correct horse battery staple", hash)).isFalse();
        assertThat(passwords.matches("", hash)).isFalse();
    }

    @Test
    void aHashNamesItsFunctionAndItsCostAndHidesThePassword() {
        String hash = passwords.hash("secret123");

        assertThat(hash).matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}");
        assertThat(hash).doesNotContain("secret123");
        assertThat(passwords.hash("secret123")).isNotEqualTo(hash);
    }

    @Test
    void hashesMadeByAnotherImplementationMatch() {
        // By OpenSSL 3, the second one with a cost that is not ours.
        for (String hash : List.of(
                "$argon2id$v=19$m=19456,t=2,p=1$c3dpdGNoYm9hcmQtc2FsdA$FSJQHotcfNqcR59jqBFCgJl2aTCB5x99yP50CC5KIQY",
                "$argon2id$v=19$m=1024,t=3,p=2$c3dpdGNoYm9hcmQtc2FsdA$bYX4JMzUZjB8umFli2c8PZ2TPxPdUnYO")) {
            assertThat(passwords.matches("p\u00e4ssword", hash)).isTrue();
            assertThat(passwords.matches("password", hash)).isFalse();
        }
    }

    @Test
    void whatIsTypedTheSameIsTheSame() {
        assertThat(passwords.matches("cafe\u0301 au lait", passwords.hash("caf\u00e9 au lait")))
                .isTrue();
    }

    @Test
    void anUnknownUserCostsAsMuchAsAWrongPassword() {
        List<String> work = new ArrayList<>();
        Passwords counted = new Passwords((password, salt, cost, length) -> {
            work.add(cost + " salt " + salt.length + " length " + length);
            return new byte[length];
        });
        String hash = counted.hash("password");
        assertThat(work).hasSize(1);

        assertThat(counted.matches("wrong password", hash)).isTrue();
        assertThat(counted.matches("wrong password", null)).isFalse();

        assertThat(work).hasSize(3);
        assertThat(work.get(2)).isEqualTo(work.get(1));
    }

    @Property
    void nobodyHasNoPassword(@ForAll String password) {
        Passwords quick = new Passwords((p, salt, cost, length) -> new byte[length]);

        assertThat(quick.matches(password, null)).isFalse();
        assertThat(quick.matches(password, quick.hash(password))).isTrue();
    }

    @Test
    void aDamagedHashIsAnErrorNotAMatch() {
        for (String damaged : List.of("", "password", "$2b$12$abc", "$argon2i$v=19$m=19456,t=2,p=1$c29tc2FsdA$AAAA")) {
            assertThatThrownBy(() -> passwords.matches("password", damaged)).isInstanceOf(IllegalStateException.class);
        }
    }
}
