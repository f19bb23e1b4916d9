package dev.switchboard.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * People who call each other, two and two, each on another node than the other: call, answer, offer, candidates, until
 * both say that media flows. Lives on the {@link Loop}'s thread.
 */
final class CallPairs {
    /** Each side's, the last of them empty: the end of candidates. */
    static final int CANDIDATES = 4;

    /** As large as Chromium's offer of sound and video. */
    static final int SDP_BYTES = 5_200;

    private static final String SDP = "x".repeat(SDP_BYTES);
    private static final String CANDIDATE =
            "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 192.0.2.17 rport 46154 generation 0";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int nodes;
    private final Population people;
    private final List<Pair> pairs;
    private int next;
    private boolean hold;

    /** From the moment at which a call was due until the generator, which shares the machine, asked for it. */
    final Latencies late = new Latencies();

    /** From the moment at which a call was due until it rings. */
    final Latencies incoming = new Latencies();

    /** From the answer until the caller hears of it. */
    final Latencies accepted = new Latencies();

    /** From the moment at which a call was due until the server knows that media flows on both sides. */
    final Latencies active = new Latencies();

    private int begun;
    private int ended;
    private @Nullable String trouble;

    /** What was counted since {@link #clear}. */
    record Count(int begun, long rang, long active, int ended, @Nullable String trouble) {}

    /** @param people two for each pair */
    CallPairs(int nodes, int count, Population people) {
        this.nodes = nodes;
        this.people = people;
        this.pairs = IntStream.range(0, count).mapToObj(Pair::new).toList();
    }

    /** Clients of one node: every node has as many callers as callees. */
    int clientsOfNode() {
        return 2 * pairs.size() / nodes;
    }

    /** Whether calls stay once media flows; otherwise their callers end them then. */
    void hold(boolean held) {
        hold = held;
    }

    void clear() {
        List.of(late, incoming, accepted, active).forEach(Latencies::clear);
        begun = 0;
        ended = 0;
    }

    Count count() {
        return new Count(begun, incoming.count(), active.count(), ended, trouble);
    }

    /** Lets the next pair that is free begin a call that was due at this time. */
    void begin(long due) {
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(next);
            next = (next + 1) % pairs.size();
            if (!pair.busy) {
                pair.begin(due);
                return;
            }
        }
        fail("everybody is in a call");
    }

    private void fail(String what) {
        trouble = trouble == null ? what : trouble;
    }

    private static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** How the clients of one node speak. */
    Protocol at(int node) {
        return new Speaking(node);
    }

    /** Two people, and how far they are. */
    private final class Pair {
        private final Side caller;
        private final Side callee;
        private boolean busy;
        private long due;
        private long answeredAt;
        private int connected;
        private int over;

        Pair(int index) {
            caller = new Side(this, 2 * index);
            callee = new Side(this, 2 * index + 1);
        }

        void begin(long at) {
            busy = true;
            due = at;
            late.add(System.nanoTime() - due);
            connected = 0;
            over = 0;
            begun++;
            caller.ask(
                    "call:initiate",
                    object().put("calleeId", people.user(callee.person).toString()));
        }

        void connected() {
            if (++connected == 2) {
                active.add(System.nanoTime() - due);
                if (!hold) {
                    caller.ask("call:end", caller.call());
                }
            }
        }

        void over() {
            if (++over == 2) {
                busy = false;
                ended++;
            }
        }
    }

    /** One of the two. */
    private final class Side {
        private final Pair pair;
        private final int person;
        private @Nullable Client client;
        private String callId = "";
        private int candidates;

        Side(Pair pair, int person) {
            this.pair = pair;
            this.person = person;
        }

        ObjectNode call() {
            return object().put("callId", callId);
        }

        void ask(String address, ObjectNode body) {
            send("send", address, address, body);
        }

        void send(String type, String address, String replyAddress, @Nullable ObjectNode body) {
            ObjectNode frame =
                    object().put("type", type).put("address", address).put("replyAddress", replyAddress);
            if (body != null) {
                frame.set("body", body);
            }
            if (client != null) {
                client.send(frame.toString());
            }
        }

        void opened(Client opened) {
            client = opened;
            opened.await(2);
            ask("auth", object());
        }

        void answered(String request, JsonNode body) {
            switch (request) {
                case "auth" -> {
                    send("register", "user:" + people.user(person), "setup", null);
                    send("register", "socket:" + body.get("socketId").asText(), "setup", null);
                }
                case "setup" -> {
                    if (client != null) {
                        client.answered();
                    }
                }
                case "call:initiate" -> {
                    if (!body.at("/call/state").asText().equals("RINGING")) {
                        fail("a call did not ring: " + body);
                    }
                }
                case "call:connected" -> pair.connected();
                case "call:end" -> pair.over();
                default -> {
                    // A signal went through.
                }
            }
        }

        void heard(String type, JsonNode data) {
            switch (type) {
                case "call:incoming" -> {
                    long now = System.nanoTime();
                    incoming.add(now - pair.due);
                    begins(data);
                    pair.answeredAt = now;
                    ask("call:answer", call());
                }
                case "call:accepted" -> {
                    accepted.add(System.nanoTime() - pair.answeredAt);
                    begins(data);
                    signal("offer");
                }
                case "offer" -> signal("answer");
                case "ice-candidate" -> {
                    if (++candidates == CANDIDATES) {
                        ask("call:connected", call());
                    }
                }
                case "call:end" -> {
                    if (data.get("reason").asText().equals("hangup")) {
                        pair.over();
                    } else {
                        fail("a call ended: " + data);
                    }
                }
                default -> {
                    // The answer, and what concerns no call.
                }
            }
        }

        private void begins(JsonNode call) {
            callId = call.get("id").asText();
            candidates = 0;
        }

        private void signal(String type) {
            ask(type, call().put("sdp", SDP));
            for (int i = 1; i <= CANDIDATES; i++) {
                ObjectNode signal = call();
                signal.putObject("candidate")
                        .put("candidate", i == CANDIDATES ? "" : CANDIDATE)
                        .put("sdpMid", "0")
                        .put("sdpMLineIndex", 0);
                ask("ice-candidate", signal);
            }
        }
    }

    private final class Speaking implements Protocol {
        private final int node;

        Speaking(int node) {
            this.node = node;
        }

        private Side side(int client) {
            boolean calls = client % 2 == 0;
            int callersNode = calls ? node : (node + nodes - 1) % nodes;
            Pair pair = pairs.get(nodes * (client / 2) + callersNode);
            return calls ? pair.caller : pair.callee;
        }

        @Override
        public String path(int client) {
            return "/eventbus/websocket";
        }

        @Override
        public String headers(int client) {
            return "Authorization: Bearer " + people.token(side(client).person) + "\r\n";
        }

        @Override
        public void opened(Client client) {
            side(client.number()).opened(client);
        }

        @Override
        public void received(Client client, ByteBuf in, int at, int length) {
            JsonNode frame;
            try {
                frame = JSON.readTree(in.toString(at, length, StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (frame.get("type").asText().equals("err")) {
                fail("refused: " + frame);
                return;
            }
            JsonNode body = frame.get("body");
            String address = frame.get("address").asText();
            if (address.startsWith("user:") || address.startsWith("socket:")) {
                side(client.number()).heard(body.get("type").asText(), body.get("data"));
            } else {
                side(client.number()).answered(address, body);
            }
        }

        @Override
        public String message(Client client, long nanos, int number) {
            throw new UnsupportedOperationException("calls are no messages");
        }

        @Override
        public String keepAlive() {
            return "{\"type\":\"ping\"}";
        }
    }
}
