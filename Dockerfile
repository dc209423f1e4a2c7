# The image of the functions. Built by `sam build` and by `make image`; needs no BuildKit.
#
# Lambda reads an image lazily, in blocks of 512 KiB: what is never read costs nothing, so what
# counts is that little has to be read at a cold start (arxiv.org/abs/2305.13162).

# int8, or fp32; and the fingerprint of each, for the label.
ARG MODEL_PRECISION=int8
ARG FINGERPRINT_int8=all-minilm-l6-v2-int8-8e92e8bf794d
ARG FINGERPRINT_fp32=all-minilm-l6-v2-fp32-5635e2fc9df9

FROM public.ecr.aws/lambda/python:3.13 AS build
SHELL ["/bin/bash", "-O", "globstar", "-O", "nullglob", "-euc"]
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ONLY_BINARY=:all: \
    PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1

# What the build of the model needs. None of it is in the final image.
COPY requirements/serve.txt /build/requirements/
RUN pip install --quiet --require-hashes --target /build/packages -r /build/requirements/serve.txt

# The model bundle: fetched, checked by SHA-256, built, and compared with the reference vectors.
COPY model_layer /build/model_layer
COPY tests/golden/texts.json tests/golden/*.npy /build/tests/golden/
ARG MODEL_PRECISION
WORKDIR /build
RUN OPENBLAS_NUM_THREADS=1 PYTHONPATH=packages python -m model_layer.build --precision "$MODEL_PRECISION"

# The function's packages. Without dependencies: the lock names them all, those excepted that
# requirements/image-unused.txt leaves out with its reasons.
COPY requirements/image.txt /build/requirements/
RUN pip install --quiet --no-deps --no-compile --require-hashes \
        --target /task -r /build/requirements/image.txt
COPY handler /task/handler
# Nothing that no run reads: tests, headers, sources, type stubs, command lines, onnxruntime's tools,
# the build itself; and of
# - botocore, the models of all services but those that handler/ calls, and sts, which it may ask for
#   credentials (the files beside them are about endpoints and retries, and stay);
# - boto3, the models of its resources: clients, which is all that is used, are botocore's;
# - lxml, all beside etree, which is what python-docx imports;
# - selectolax, its older parser: lexbor is the one in use;
# - python-docx, what new documents are made from (a missing part of an old one comes from the .xml).
# Byte code for the path it will run at, which Python could not write there and must not check.
RUN rm -rf /task/bin /task/**/tests /task/**/*.{pyi,a,h,pxd,c,pyx,pxi} \
        /task/numpy/{f2py,_core/include} \
        /task/onnxruntime/{backend,datasets,quantization,tools,transformers} \
        /task/{boto3/{data,examples},charset_normalizer/cli,pypdfium2_cli} \
        /task/lxml/{html,includes,isoschematron} /task/lxml/{builder,objectify,sax}.* \
        /task/selectolax/{parser.*,modest} \
        /task/docx/templates/{default.docx,default-docx-template} \
    && find /task/botocore/data -mindepth 1 -maxdepth 1 -type d \
        -not -name dynamodb -not -name s3 -not -name s3vectors -not -name sqs -not -name sts \
        -exec rm -r {} + \
    && cp -r model_layer /task/ && rm -r /task/model_layer/build \
    && python -m compileall -q --invalidation-mode unchecked-hash -s /task -p /var/task /task \
    && chmod -R u=rwX,go=rX /task

# The label below has to be true.
ARG FINGERPRINT_int8
ARG FINGERPRINT_fp32
RUN built=$(python -c "import json; print(json.load(open('model_layer/bundle/manifest.json'))['fingerprint'])") \
    && name="FINGERPRINT_$MODEL_PRECISION" \
    && if [ "$built" != "${!name}" ]; then \
        echo "The model's fingerprint is $built, not ${!name}." \
            "Build with --build-arg $name=$built" >&2; exit 1; fi

FROM public.ecr.aws/lambda/python:3.13 AS function
COPY --from=build /task /var/task
# numpy's OpenBLAS would start a thread for each CPU it sees, at every cold start; nothing uses them.
ENV OPENBLAS_NUM_THREADS=1
ARG MODEL_PRECISION
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="minilm-lambda" \
    org.opencontainers.image.description="all-MiniLM-L6-v2 embeddings in OpenAI's format, on Lambda" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="$VERSION" \
    minilm-lambda.model.precision="$MODEL_PRECISION"
# The ingest function's command is set by the template.
CMD ["handler.api.lambda_handler"]

# A label cannot depend on an argument's value, but the image that is built can.
FROM function AS int8
ARG FINGERPRINT_int8
LABEL minilm-lambda.model.fingerprint="$FINGERPRINT_int8"

FROM function AS fp32
ARG FINGERPRINT_fp32
LABEL minilm-lambda.model.fingerprint="$FINGERPRINT_fp32"

FROM $MODEL_PRECISION
