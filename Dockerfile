# syntax=docker/dockerfile:1

FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.m2 mvn -B -q -DskipTests package

FROM eclipse-temurin:17-jre
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /opt/switchboard switchboard
WORKDIR /opt/switchboard
COPY --from=build /build/target/switchboard.jar ./
COPY --chmod=755 deploy/entrypoint.sh ./
USER switchboard

# The door, and the port by which nodes find each other.
EXPOSE 8080 5701
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
    CMD curl -fsS -o /dev/null "http://127.0.0.1:${PORT:-8080}/health/live"
ENTRYPOINT ["./entrypoint.sh"]
