package dev.switchboard.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What Switchboard is compared with. */
final class Peers {
    /** The id of the server that shows what the generator can take. */
    static final String ROOF = "relay";

    private static final int EASY_RATE = 25_000;

    private Peers() {}

    /** The plain event-bus bridge of Vert.x, in the same JVM with the same flags and the same libraries. */
    static Target vertxBridge(Path workDir, String version) {
        return new Peer("bridge", "Vert.x SockJS bridge " + version) {
            @Override
            public ServerProcess start(int core, List<String> flags) {
                List<String> command =
                        Target.java(flags, "-cp", System.getProperty("java.class.path"), PlainBridge.class.getName());
                return ServerProcess.start(workDir, id(), core, command, Map.of());
            }

            @Override
            public Protocol clients(Layout layout) {
                return new SockJsProtocol(layout);
            }

            @Override
            public void collectGarbage(ServerProcess server) {
                server.tell("jcmd", "PID", "GC.run");
            }
        };
    }

    /** @param folder where npm installed it beside {@code server.js} */
    static Target socketIo(Path workDir, Path folder, String version) {
        return new Peer("socketio", "Socket.IO " + version) {
            @Override
            public ServerProcess start(int core, List<String> flags) {
                List<String> command = List.of(
                        "node", "--expose-gc", folder.resolve("server.js").toString());
                return ServerProcess.start(workDir, id(), core, command, Map.of("NODE_ENV", "production"));
            }

            @Override
            public Protocol clients(Layout layout) {
                return new SocketIoProtocol(layout);
            }

            @Override
            public void collectGarbage(ServerProcess server) {
                server.tell("kill", "-USR2", "PID");
            }
        };
    }

    /** The roof of the generator: a server that only copies, gathering for some milliseconds. */
    static Target relay(Path workDir) {
        return new Peer(ROOF, "Copying relay (the generator's roof)") {
            @Override
            public ServerProcess start(int core, List<String> flags) {
                List<String> command =
                        Target.java(flags, "-cp", System.getProperty("java.class.path"), Relay.class.getName());
                return ServerProcess.start(workDir, id(), core, command, Map.of());
            }

            @Override
            public Protocol clients(Layout layout) {
                return new RelayProtocol();
            }

            @Override
            public void collectGarbage(ServerProcess server) {
                server.tell("jcmd", "PID", "GC.run");
            }

            @Override
            public int easyRate() {
                return 200_000;
            }

            @Override
            public int refinements() {
                return 0; // the size of it is enough
            }
        };
    }

    private abstract static class Peer implements Target {
        private final String id;
        private final String title;

        Peer(String id, String title) {
            this.id = id;
            this.title = title;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public String title() {
            return title;
        }

        @Override
        public int easyRate() {
            return EASY_RATE;
        }
    }
}
