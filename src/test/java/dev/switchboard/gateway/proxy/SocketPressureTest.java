package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.proxy.SocketGateway.Pair;
import dev.switchboard.gateway.proxy.SocketGateway.Settings;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One end that does not read: the other is not read either, and nothing is lost. */
class SocketPressureTest {
    private static final int FRAME = 64 << 10;

    /** More than the kernel's buffers on the way take: two to receive and two to send, at most 32 and 4 MiB each. */
    private static final int FRAMES = 2_000;

    private static final long MOST_HELD = 16L << 20;

    private SocketGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = new SocketGateway(Settings.USUAL);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
    }

    private static byte[] frame(SocketWire from, int number) {
        byte[] payload = new byte[FRAME];
        payload[0] = (byte) number;
        payload[FRAME - 1] = (byte) (number >> Byte.SIZE);
        return from.frame(0x80 | SocketWire.BINARY, payload);
    }

    private void flood(SocketWire from, SocketWire to) throws Exception {
        // Other tests of the same process leave buffers in the pool.
        long heldBefore = PlatformDependent.usedDirectMemory();
        var written = new AtomicLong();
        var writer = new Thread(() -> {
            try {
                for (int i = 0; i < FRAMES; i++) {
                    from.bytes(frame(from, i));
                    written.addAndGet(FRAME);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        var last = new AtomicLong(-1);
        Awaitility.await("the writer is held up")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> last.getAndSet(written.get()) == written.get());
        assertThat(written.get()).isLessThan((long) FRAMES * FRAME);
        assertThat(PlatformDependent.usedDirectMemory() - heldBefore)
                .as("bytes that Netty holds for it")
                .isLessThan(MOST_HELD);
        for (int i = 0; i < FRAMES; i++) {
            SocketWire.Frame frame = to.next();
            assertThat(frame.payload()).hasSize(FRAME);
            assertThat(frame.payload()[0]).isEqualTo((byte) i);
            assertThat(frame.payload()[FRAME - 1]).isEqualTo((byte) (i >> Byte.SIZE));
        }
        writer.join();
    }

    @Test
    void aClientThatDoesNotReadHoldsUpTheService() throws Exception {
        try (Pair pair = gateway.open("/ws")) {
            flood(pair.service(), pair.client());
        }
    }

    @Test
    void aServiceThatDoesNotReadHoldsUpTheClient() throws Exception {
        try (Pair pair = gateway.open("/ws")) {
            flood(pair.client(), pair.service());
        }
    }

    @Test
    void bothAtOnce() throws Exception {
        try (Pair pair = gateway.open("/ws")) {
            var back = CompletableFuture.runAsync(() -> {
                try {
                    flood(pair.client(), pair.service());
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            });
            flood(pair.service(), pair.client());
            back.get(2, TimeUnit.MINUTES);
        }
    }

    @Test
    void whatWasSentBeforeTheEndArrives() throws Exception {
        try (Pair pair = gateway.open("/ws")) {
            int frames = 8;
            for (int i = 0; i < frames; i++) {
                pair.service().bytes(frame(pair.service(), i));
            }
            pair.service().close(1000, "done");
            pair.service().close();
            for (int i = 0; i < frames; i++) {
                assertThat(pair.client().next().payload()[0]).isEqualTo((byte) i);
            }
            assertThat(pair.client().next().closeReason()).isEqualTo("done");
            assertThat(pair.client().ended()).isTrue();
        }
    }
}
