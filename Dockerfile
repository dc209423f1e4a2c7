# The image of both functions, for `sam build` and `make image`. `docker run IMAGE serve` is the same
# server in a container: docs/container.md. It builds without BuildKit.
#
# Lambda reads an image lazily, in blocks of 512 KiB. Files that are never read cost nothing, so the
# aim is a cold start that reads little (arxiv.org/abs/2305.13162).

# The precision, int8 or fp32, and the model's fingerprint for each, which becomes a label.
ARG MODEL_PRECISION=int8
ARG FINGERPRINT_int8=all-minilm-l6-v2-int8-a99b0ddb4c71
ARG FINGERPRINT_fp32=all-minilm-l6-v2-fp32-5635e2fc9df9

FROM public.ecr.aws/lambda/python:3.13 AS build
SHELL ["/bin/bash", "-O", "globstar", "-O", "nullglob", "-euc"]
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ONLY_BINARY=:all: \
    PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1

# The packages that build the model. The final image has none of them.
COPY requirements/serve.txt /build/requirements/
RUN pip install --quiet --require-hashes --target /build/packages -r /build/requirements/serve.txt

# The model bundle: fetch, check by SHA-256, build, and compare with the reference vectors.
COPY model_layer /build/model_layer
COPY tests/golden/texts.json tests/golden/*.npy /build/tests/golden/
ARG MODEL_PRECISION
WORKDIR /build
RUN OPENBLAS_NUM_THREADS=1 PYTHONPATH=packages python -m model_layer.build --precision "$MODEL_PRECISION"

# The packages of the functions, without dependencies: the lock file names them all, except for the
# ones that requirements/image-unused.txt leaves out, with reasons.
COPY requirements/image.txt /build/requirements/
RUN pip install --quiet --no-deps --no-compile --require-hashes \
        --target /task -r /build/requirements/image.txt
COPY handler /task/handler
# Remove what no run reads: tests, headers, sources, type stubs, command lines, onnxruntime's tools,
# the model's build, and
# - botocore's models of services, except for the four that handler/ calls, and sts, which may
#   provide credentials (the files beside these folders configure endpoints and retries; they stay);
# - the library of onnxruntime for programs in C: what Python imports has all of it once more
#   (`readelf -d` shows no link between the two);
# - SQLite's own programs and extensions, which apsw brings for others;
# - boto3's models of resources: handler/ uses clients only, whose models are botocore's;
# - lxml's modules beside etree, the only one that handler/ imports;
# - selectolax's older parser: handler/ uses lexbor;
# - the code of fastapi-offline: handler/ serves its files;
# - packages' lists of their files and parts, which are no longer true then.
# Byte code is compiled for the path at run time, where Python could not write it, and unchecked.
RUN rm -rf /task/bin /task/**/tests /task/**/*.{pyi,a,h,pxd,c,pyx,pxi} \
        /task/numpy/{f2py,_core/include} \
        /task/onnxruntime/{backend,datasets,quantization,tools,transformers} \
        /task/onnxruntime/capi/libonnxruntime.so.* /task/apsw/sqlite_extra_binaries \
        /task/{boto3/{data,examples},pypdfium2_cli} \
        /task/lxml/{html,includes,isoschematron} /task/lxml/{builder,objectify,sax}.* \
        /task/selectolax/{parser.*,modest} /task/fastapi_offline/{core,consts}.py \
        /task/*.dist-info/{RECORD,sboms} \
    && find /task/botocore/data -mindepth 1 -maxdepth 1 -type d \
        -not -name dynamodb -not -name s3 -not -name s3vectors -not -name sqs -not -name sts \
        -exec rm -r {} + \
    && cp -r model_layer /task/ && rm -r /task/model_layer/build \
    && python -m compileall -q --invalidation-mode unchecked-hash -s /task -p /var/task /task \
    && chmod -R u=rwX,go=rX /task

# The label below must match the model.
ARG FINGERPRINT_int8
ARG FINGERPRINT_fp32
RUN built=$(python -c "import json; print(json.load(open('model_layer/bundle/manifest.json'))['fingerprint'])") \
    && name="FINGERPRINT_$MODEL_PRECISION" \
    && if [ "$built" != "${!name}" ]; then \
        echo "The model's fingerprint is $built, not ${!name}." \
            "Build with --build-arg $name=$built" >&2; exit 1; fi

# Pack what init imports, from the path that it has at run time.
RUN rmdir /var/task && ln -s /task /var/task \
    && AWS_LAMBDA_FUNCTION_NAME=build OPENBLAS_NUM_THREADS=1 PYTHONPATH=/var/task \
        python -P -m handler.container.pack_imports handler.api

FROM public.ecr.aws/lambda/python:3.13 AS function
COPY --from=build /task /var/task
COPY deployment/container/entrypoint.sh /entrypoint.sh
# For the store, of any user that `docker run --user` names. A volume that is mounted here for the
# first time takes the mode.
RUN mkdir --mode=1777 /data
# At each cold start, numpy's OpenBLAS would start a thread per CPU, which nothing uses.
ENV OPENBLAS_NUM_THREADS=1
ARG MODEL_PRECISION
ARG VERSION=0.2.0
LABEL org.opencontainers.image.title="minilm-lambda" \
    org.opencontainers.image.description="all-MiniLM-L6-v2 embeddings in OpenAI's format, on Lambda" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="$VERSION" \
    minilm-lambda.model.precision="$MODEL_PRECISION"
# No USER: Lambda has its own, and the entrypoint drops root's privileges for a server. Lambda checks the health
# of functions itself.
EXPOSE 8444
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD PYTHONPATH=$LAMBDA_TASK_ROOT python3 -P -m handler.container.health
ENTRYPOINT ["/entrypoint.sh"]
# The template overrides this for the ingest function.
CMD ["handler.api.lambda_handler"]

# A label cannot depend on an argument's value, but the choice of the last stage can.
FROM function AS int8
ARG FINGERPRINT_int8
LABEL minilm-lambda.model.fingerprint="$FINGERPRINT_int8"

FROM function AS fp32
ARG FINGERPRINT_fp32
LABEL minilm-lambda.model.fingerprint="$FINGERPRINT_fp32"

FROM $MODEL_PRECISION
