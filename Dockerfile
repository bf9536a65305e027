# The image holds the gateway and its adapters, installed from the wheel, and runs as an unprivileged user.
# Every RUN line but the installation of make is a make target.

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN apt-get update && apt-get install --no-install-recommends --yes make && rm -rf /var/lib/apt/lists/*
COPY pyproject.toml constraints.txt constraints-production.txt Makefile README.md LICENSE ./
COPY gateway gateway
COPY subgraphs subgraphs
COPY web web
RUN make wheel
RUN make install-wheel PREFIX=/opt/psgw

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="psgw" \
      org.opencontainers.image.description="One graph over the systems of a professional-services firm"
COPY --from=build /opt/psgw /opt/psgw
ENV PATH="/opt/psgw/bin:${PATH}" PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/psgw
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["psgw", "health", "--url", "http://127.0.0.1:8000/livez"]
ENTRYPOINT ["psgw"]
CMD ["serve", "--settings", "/etc/psgw/psgw.toml"]
