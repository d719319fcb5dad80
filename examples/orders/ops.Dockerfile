# docker build --file examples/orders/ops.Dockerfile --tag ops --build-arg VERSION=1 .   from the repository's root
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --ignore-scripts \
 && npm run build --workspace runtime \
 && npm run build --workspace examples/orders \
 && npm ci --ignore-scripts --omit=dev --workspace examples/orders

FROM node:22-bookworm-slim
# What another version has begun to rebuild is begun anew.
ARG VERSION
ENV NODE_ENV=production VERSION=$VERSION
WORKDIR /service
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/runtime runtime
COPY --from=build /build/examples/orders examples/orders
# The platform's pods run as this user, with everything read-only but /tmp.
USER 65532:65532
ENV OPS_APPLICATION=/service/examples/orders/dist/ops.js
ENTRYPOINT ["node", "node_modules/@cdktf-cqrs/runtime/dist/runtime/ops/cqrs-ops.js"]
