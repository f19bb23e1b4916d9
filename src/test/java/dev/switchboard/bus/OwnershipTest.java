package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Ownership.Owner;
import dev.switchboard.support.OneNode;
import org.junit.jupiter.api.Test;

class OwnershipTest {
    private static final int OWNERS = 12;

    /** So many owners; who owns a key hangs on its hash. */
    private static final class Hashed extends OneNode {
        private final int owners;

        Hashed(int owners) {
            this.owners = owners;
        }

        @Override
        public Owner ownerOf(String key) {
            return new Owner("n" + Math.floorMod(key.hashCode(), owners), 0);
        }
    }

    @Test
    void anIdBesideAKeyHasTheSameOwner() {
        Ownership ownership = new Hashed(OWNERS);
        for (int i = 0; i < 100; i++) {
            Owner owner = ownership.ownerOf("key" + i);
            assertThat(ownership.ownerOf(ownership.idBeside("key" + i).toString()))
                    .isEqualTo(owner);
        }
    }

    @Test
    void whereNobodyOwnsAKeyAnIdIsMadeAllTheSame() {
        assertThat(new NoOwners("n0").idBeside("key").version()).isEqualTo(7);
    }

    @Test
    void amongVeryManyOwnersTheSearchEnds() {
        assertThat(new Hashed(Integer.MAX_VALUE).idBeside("key").version()).isEqualTo(7);
    }
}
