{{/* The pod, the same for both workloads. */}}
{{- define "stxr.pod" -}}
metadata:
  labels:
    {{- include "stxr.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}{{ toYaml . | nindent 4 }}{{ end }}
  annotations:
    {{- if .Values.endpoints.inline }}
    checksum/endpoints: {{ toYaml .Values.endpoints.inline | sha256sum }}
    {{- end }}
    kubectl.kubernetes.io/default-container: stxr
    {{- with .Values.podAnnotations }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  serviceAccountName: {{ include "stxr.serviceAccount" . }}
  # The controller asks nothing of Kubernetes.
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints: {{ toYaml . | nindent 4 }}
  {{- end }}
  containers:
  - name: stxr
    image: {{ include "stxr.image" . }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    args: {{- include "stxr.arguments" . | nindent 4 }}
    env: {{- include "stxr.environment" . | nindent 4 }}
    ports:
    - {name: http, containerPort: {{ .Values.api.port }}, protocol: TCP}
    startupProbe:
      httpGet: {path: /healthz, port: http}
      periodSeconds: 2
      failureThreshold: 60
    livenessProbe:
      httpGet: {path: /healthz, port: http}
      periodSeconds: 20
      timeoutSeconds: 10
      failureThreshold: 6
    readinessProbe:
      httpGet: {path: /readyz, port: http}
      periodSeconds: 10
      timeoutSeconds: 5
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    resources: {{- toYaml .Values.resources | nindent 6 }}
    volumeMounts: {{- include "stxr.mounts" . | nindent 4 }}
  volumes: {{- include "stxr.volumes" . | nindent 2 }}
{{- end }}

{{- define "stxr.arguments" -}}
- run
- --listen={{ .Values.api.address }}:{{ .Values.api.port }}
- --observe-every={{ .Values.schedule.observeSeconds }}
- --poll-every={{ .Values.repository.pollSeconds }}
- --workers={{ .Values.schedule.workers }}
- --keep-history={{ .Values.history.keepDays }}
- --keep-audit={{ .Values.history.keepAuditDays }}
- --max-series={{ int .Values.metrics.maxSeries }}
{{- if .Values.api.oidcSecret }}
- --oidc=/run/stxr/oidc/oidc.yaml
{{- end }}
{{- if .Values.notifications.existingSecret }}
- --notifications=/run/stxr/notifications/notifications.yaml
{{- end }}
{{- if .Values.forge.existingSecret }}
- --forge=/run/stxr/forge/forge.yaml
{{- end }}
{{- with .Values.repository.branch }}
- --branch={{ . }}
{{- end }}
{{- with .Values.schedule.atOnce }}
- --at-once={{ . }}
{{- end }}
{{- if eq .Values.repository.verify "ssh" }}
- --verify=ssh
- --signers=/run/stxr/signers/allowed_signers
{{- else if eq .Values.repository.verify "gpg" }}
- --verify=gpg
- --keyring=/run/stxr/signers
{{- end }}
{{- end }}

{{- define "stxr.environment" -}}
- {name: STXR_REPO, value: {{ .Values.repository.url | quote }}}
- {name: STXR_PATH, value: {{ .Values.repository.path | quote }}}
- {name: STXR_ENDPOINTS, value: /etc/stxr/endpoints.yaml}
- {name: STXR_STATE, value: /var/lib/stxr}
{{- if include "stxr.isPostgresql" . }}
- name: STXR_REPLICA
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- {name: STXR_REPLICAS, value: {{ .Values.replicas | quote }}}
- name: STXR_DATABASE
  valueFrom: {secretKeyRef: {name: {{ .Values.database.existingSecret }}, key: {{ .Values.database.key }}}}
{{- end }}
{{- with .Values.api.existingSecret }}
- name: STXR_API_TOKEN
  valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $.Values.api.key }}}}
{{- end }}
{{- with .Values.api.webhooksSecret }}
- name: STXR_WEBHOOK_SECRETS
  valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $.Values.api.webhooksKey }}}}
{{- end }}
{{- if .Values.repository.existingSecret }}
- {name: STXR_GIT_CREDENTIALS, value: /run/stxr/git}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "stxr.mounts" -}}
- {name: state, mountPath: /var/lib/stxr}
- {name: tmp, mountPath: /tmp}
- {name: endpoints, mountPath: /etc/stxr/endpoints.yaml, subPath: endpoints.yaml, readOnly: true}
{{- if .Values.endpoints.passwordsSecret }}
- {name: passwords, mountPath: /etc/stxr/passwords, readOnly: true}
{{- end }}
{{- if .Values.endpoints.caConfigMap }}
- {name: ca, mountPath: /etc/stxr/ca, readOnly: true}
{{- end }}
{{- if .Values.repository.existingSecret }}
- {name: git, mountPath: /run/stxr/git, readOnly: true}
{{- end }}
{{- if .Values.repository.signersSecret }}
- {name: signers, mountPath: /run/stxr/signers, readOnly: true}
{{- end }}
{{- if .Values.documentSecrets.existingSecret }}
- {name: secrets, mountPath: /run/stxr/secrets, readOnly: true}
{{- end }}
{{- if .Values.api.oidcSecret }}
- {name: oidc, mountPath: /run/stxr/oidc, readOnly: true}
{{- end }}
{{- if .Values.notifications.existingSecret }}
- {name: notifications, mountPath: /run/stxr/notifications, readOnly: true}
{{- end }}
{{- if .Values.forge.existingSecret }}
- {name: forge, mountPath: /run/stxr/forge, readOnly: true}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The endpoints file is mounted alone: nothing can be mounted inside of a read-only ConfigMap, and passwords and CAs
stand in folders beside the file that refers to them. */}}
{{- define "stxr.volumes" -}}
{{- if include "stxr.isPostgresql" . }}
- name: state
  emptyDir: {sizeLimit: {{ .Values.persistence.size }}}
{{- else }}
- name: state
  persistentVolumeClaim: {claimName: {{ default (include "stxr.name" .) .Values.persistence.existingClaim }}}
{{- end }}
- name: tmp
  emptyDir: {sizeLimit: 1Gi}
- name: endpoints
  configMap: {name: {{ default (printf "%s-endpoints" (include "stxr.name" .)) .Values.endpoints.existingConfigMap }}}
{{- with .Values.endpoints.passwordsSecret }}
- name: passwords
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .Values.endpoints.caConfigMap }}
- name: ca
  configMap: {name: {{ . }}}
{{- end }}
{{- with .Values.repository.existingSecret }}
- name: git
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .Values.repository.signersSecret }}
- name: signers
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .Values.documentSecrets.existingSecret }}
- name: secrets
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .Values.api.oidcSecret }}
- name: oidc
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .Values.notifications.existingSecret }}
- name: notifications
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .Values.forge.existingSecret }}
- name: forge
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
